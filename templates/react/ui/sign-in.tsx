'use client'
import { useState } from 'react'

/** Sends name and password to `/api/session`, which sets a cookie. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [words, setWords] = useState('')
  async function signIn(form: FormData): Promise<void> {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(form)),
    })
    if (response.ok) onSignedIn()
    else setWords('Name or password is wrong.')
  }
  return (
    <form className="sign-in" action={signIn}>
      <label>
        Name <input name="name" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit">Sign in</button>
      {words && <p role="alert">{words}</p>}
    </form>
  )
}
