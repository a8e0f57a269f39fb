/** German. */
import type { Translation } from '../texts.ts'

export const de: Translation = {
  locale: 'de',
  texts: {
    choose: 'Dateien auswählen',
    chooseOne: 'Datei auswählen',
    chooseFolder: 'Ordner auswählen',
    drop: 'oder hier ablegen oder einfügen',
    list: 'Uploads',
    cancel: '{name} abbrechen',
    remove: '{name} entfernen',
    retry: 'Erneut versuchen',
    idle: 'Wartet',
    paused: 'Angehalten',
    offline: 'Offline',
    retrying: 'Neuer Versuch in {time}',
    uploading: 'Wird hochgeladen',
    done: 'Hochgeladen',
    stored: 'Hochgeladen, wird verarbeitet',
    left: 'noch {time}',
    tooLarge: 'Diese Datei ist größer als {size}.',
    tooMany: 'Zu viele Dateien, einige wurden nicht hinzugefügt.',
    settled: 'Hochgeladen: {done}. Fehlgeschlagen: {failed}.',
    busy: 'Es werden Dateien hochgeladen.',
    failed: 'Ein Upload ist fehlgeschlagen.',
    refused: 'Diese Datei wird nicht angenommen.',
    wrongType: 'Nicht erlaubt: {type}. Erlaubt: {accept}.',
    noFiles: 'Es sind keine Dateien darin.',
    network: 'Die Verbindung ist fehlgeschlagen.',
    CONFIRM_FAILED: 'Hochgeladen, aber nicht bestätigt.',
  },
}
