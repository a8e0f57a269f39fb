export interface CommandOptions {
  port: number
  /** Of everything that is stored. */
  folder: string
  /** Variables; they are also in the environment of the commands. */
  settings: Record<string, string>
}
