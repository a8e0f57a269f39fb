'use client'
/**
 * A place for files, in the style of shadcn/ui: copy it to `components/ui/dropzone.tsx` and change what you like. It needs
 * React, Tailwind CSS with shadcn's colours, and `oss-upcall`.
 */
import { explain } from 'oss-upcall/client/explain'
import {
  type ServiceType,
  UploadField,
  type Uploads,
  type UseUploadsOptions,
  useUploads,
} from 'oss-upcall/react'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'

type Entry<Service extends ServiceType> = Uploads<Service>['uploads'][number]

export interface DropzoneProps<Service extends ServiceType> {
  /** As of `upload()`: endpoint, profile, headers and so on. */
  options: UseUploadsOptions
  label?: string
  /** As of `<input accept>`. A help for users: the service decides. */
  accept?: string
  /** Bytes. A help for users: the service decides. */
  maxSize?: number
  multiple?: boolean
  disabled?: boolean
  className?: string
  /** Once for each upload, with the application's response. */
  onUploaded?: (result: NonNullable<Entry<Service>['result']>) => void
}

const MEGABYTE = 1_000_000
/** A file without a type, as in-app browsers give them, is left to the service. */
function isAccepted({ name, type }: File, accept: string): boolean {
  const patterns = accept
    .toLowerCase()
    .split(',')
    .map((pattern) => pattern.trim())
    .filter(Boolean)
  const matches = (pattern: string) =>
    pattern.startsWith('.')
      ? name.toLowerCase().endsWith(pattern)
      : !type ||
        pattern === '*/*' ||
        pattern === type ||
        (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)))
  return patterns.length === 0 || patterns.some(matches)
}

function Action({ text, name, onClick }: { text: string; name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={`${text}: ${name}`}
      className="inline-flex h-8 items-center rounded-md px-3 text-sm font-medium outline-none hover:bg-accent hover:text-accent-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50"
      onClick={onClick}
    >
      {text}
    </button>
  )
}

function Row<Service extends ServiceType>({
  entry,
  onRemove,
}: {
  entry: Entry<Service>
  onRemove: () => void
}) {
  const { name, state, progress, error, pause, resume } = entry
  const mayGoOn = state === 'paused' || state === 'failed' || state === 'stored'
  return (
    <li
      data-slot="dropzone-item"
      data-state={state}
      className="flex items-center gap-3 rounded-md border p-3"
    >
      <div className="min-w-0 flex-1 space-y-1.5">
        <p className="truncate text-sm font-medium">{name}</p>
        <progress
          className="block h-1.5 w-full accent-primary"
          aria-label={name}
          max={100}
          value={progress.percentage}
        />
        <p className={`text-xs ${error ? 'text-destructive' : 'text-muted-foreground'}`}>
          {error ? explain(error) : `${state} · ${Math.round(progress.percentage)} %`}
        </p>
      </div>
      {state === 'uploading' && <Action text="Pause" name={name} onClick={pause} />}
      {mayGoOn && <Action text="Go on" name={name} onClick={resume} />}
      <Action text="Remove" name={name} onClick={onRemove} />
    </li>
  )
}

export function Dropzone<Service extends ServiceType = ServiceType>({
  options,
  label = 'Drop files here, or choose them',
  accept = '',
  maxSize = Number.POSITIVE_INFINITY,
  multiple = true,
  disabled = false,
  className = '',
  onUploaded,
}: DropzoneProps<Service>) {
  const { uploads, add, remove } = useUploads<Service>(options)
  const id = useId()
  const [problems, setProblems] = useState<string[]>([])
  const [isOver, setOver] = useState(false)
  const reported = useRef(new Set<string>())
  useEffect(() => {
    for (const { key, result } of uploads) {
      if (result?.delivery !== 'done' || reported.current.has(key)) continue
      reported.current.add(key)
      onUploaded?.(result)
    }
  }, [uploads, onUploaded])

  function addFiles(files: File[]) {
    const wrong: string[] = []
    const right = files.slice(0, multiple ? files.length : 1).filter((file) => {
      if (!isAccepted(file, accept)) wrong.push(`${file.name}: this type is not accepted.`)
      else if (file.size > maxSize)
        wrong.push(`${file.name}: larger than ${maxSize / MEGABYTE} MB.`)
      else return true
      return false
    })
    setProblems([...new Set(wrong)])
    void add(right)
  }

  const drag = (isNowOver: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(isNowOver && !disabled)
  }
  const done = uploads.filter(({ state }) => state === 'done').length
  return (
    <div data-slot="dropzone" className={`space-y-4 ${className}`}>
      <label
        htmlFor={id}
        data-over={isOver}
        className="flex min-h-32 cursor-pointer flex-col items-center justify-center gap-1 rounded-lg border-2 border-dashed border-input p-6 text-center text-sm transition-colors has-[:disabled]:cursor-not-allowed has-[:disabled]:opacity-50 has-[:focus-visible]:border-ring has-[:focus-visible]:ring-[3px] has-[:focus-visible]:ring-ring/50 data-[over=true]:bg-accent"
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={(event) => {
          drag(false)(event)
          if (!disabled) addFiles([...event.dataTransfer.files])
        }}
      >
        <span className="font-medium">{label}</span>
        <span className="text-muted-foreground">
          {[accept, maxSize < Number.POSITIVE_INFINITY && `up to ${maxSize / MEGABYTE} MB`]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <UploadField
          id={id}
          className="sr-only"
          accept={accept}
          multiple={multiple}
          disabled={disabled}
          onFiles={addFiles}
        />
      </label>
      {problems.length > 0 && (
        <div role="alert" className="text-sm text-destructive">
          {problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </div>
      )}
      <ul className="space-y-2">
        {uploads.map((entry) => (
          <Row key={entry.key} entry={entry} onRemove={() => remove(entry.key)} />
        ))}
      </ul>
      <p role="status" className="sr-only">
        {uploads.length > 0 && `${done} of ${uploads.length} uploaded`}
      </p>
    </div>
  )
}
