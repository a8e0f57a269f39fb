/** Spanish. */
import type { Translation } from '../texts.ts'

export const es: Translation = {
  locale: 'es',
  texts: {
    choose: 'Elegir archivos',
    chooseOne: 'Elegir un archivo',
    chooseFolder: 'Elegir una carpeta',
    drop: 'o suelte o pegue aquí',
    list: 'Subidas',
    cancel: 'Cancelar {name}',
    remove: 'Quitar {name}',
    retry: 'Reintentar',
    idle: 'En espera',
    paused: 'En pausa',
    offline: 'Sin conexión',
    retrying: 'Nuevo intento en {time}',
    uploading: 'Subiendo',
    done: 'Subido',
    stored: 'Subido, en proceso',
    left: 'quedan {time}',
    tooLarge: 'Este archivo supera los {size}.',
    tooMany: 'Demasiados archivos: algunos no se han añadido.',
    settled: 'Subidos: {done}. Fallidos: {failed}.',
    busy: 'Se están subiendo archivos.',
    failed: 'Una subida ha fallado.',
    refused: 'Este archivo no se acepta.',
    wrongType: 'No se acepta: {type}. Se acepta: {accept}.',
    noFiles: 'No contiene archivos.',
    network: 'La conexión ha fallado.',
    CONFIRM_FAILED: 'Subido, pero sin confirmar.',
  },
}
