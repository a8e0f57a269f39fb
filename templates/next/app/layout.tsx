import type { ReactNode } from 'react'

export const metadata = { title: 'Photos', icons: { icon: 'data:,' } }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <link rel="stylesheet" href="/style.css" precedence="default" />
      </head>
      <body>{children}</body>
    </html>
  )
}
