/** French. */
import type { Translation } from '../texts.ts'

export const fr: Translation = {
  locale: 'fr',
  texts: {
    choose: 'Choisir des fichiers',
    chooseOne: 'Choisir un fichier',
    chooseFolder: 'Choisir un dossier',
    drop: 'ou déposez-les ou collez-les ici',
    list: 'Envois',
    cancel: 'Annuler {name}',
    remove: 'Retirer {name}',
    retry: 'Réessayer',
    idle: 'En attente',
    paused: 'En pause',
    offline: 'Hors ligne',
    retrying: 'Nouvel essai dans {time}',
    uploading: 'Envoi en cours',
    done: 'Envoyé',
    stored: 'Envoyé, traitement en cours',
    left: 'encore {time}',
    tooLarge: 'Ce fichier dépasse {size}.',
    tooMany: 'Trop de fichiers, certains n’ont pas été ajoutés.',
    settled: 'Envoyés : {done}. Échecs : {failed}.',
    busy: 'Des fichiers sont en cours d’envoi.',
    failed: 'Un envoi a échoué.',
    refused: 'Ce fichier n’est pas accepté.',
    wrongType: 'Non accepté : {type}. Acceptés : {accept}.',
    noFiles: 'Aucun fichier trouvé.',
    network: 'La connexion a échoué.',
    CONFIRM_FAILED: 'Envoyé, mais non confirmé.',
  },
}
