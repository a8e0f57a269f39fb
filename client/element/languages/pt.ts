/** Portuguese. */
import type { Translation } from '../texts.ts'

export const pt: Translation = {
  locale: 'pt',
  texts: {
    choose: 'Escolher arquivos',
    chooseOne: 'Escolher um arquivo',
    chooseFolder: 'Escolher uma pasta',
    drop: 'ou solte ou cole aqui',
    list: 'Envios',
    cancel: 'Cancelar {name}',
    remove: 'Remover {name}',
    retry: 'Tentar novamente',
    idle: 'Aguardando',
    paused: 'Em pausa',
    offline: 'Sem conexão',
    retrying: 'Nova tentativa em {time}',
    uploading: 'Enviando',
    done: 'Enviado',
    stored: 'Enviado, em processamento',
    left: 'faltam {time}',
    tooLarge: 'Este arquivo é maior que {size}.',
    tooMany: 'Arquivos demais: alguns não foram adicionados.',
    settled: 'Enviados: {done}. Com falha: {failed}.',
    busy: 'Há arquivos sendo enviados.',
    failed: 'Um envio falhou.',
    refused: 'Este arquivo não é aceito.',
    wrongType: 'Não aceito: {type}. Aceitos: {accept}.',
    noFiles: 'Não há arquivos.',
    network: 'A conexão falhou.',
    CONFIRM_FAILED: 'Enviado, mas não confirmado.',
  },
}
