/** Korean. */
import type { Translation } from '../texts.ts'

export const ko: Translation = {
  locale: 'ko',
  texts: {
    choose: '파일 선택',
    chooseOne: '파일 선택',
    chooseFolder: '폴더 선택',
    drop: '또는 여기에 끌어다 놓거나 붙여넣기',
    list: '업로드 목록',
    cancel: '{name} 취소',
    remove: '{name} 제거',
    retry: '다시 시도',
    idle: '대기 중',
    paused: '일시 중지됨',
    offline: '오프라인',
    retrying: '{time} 후 다시 시도',
    uploading: '업로드 중',
    done: '업로드됨',
    stored: '업로드됨, 처리 중',
    left: '{time} 남음',
    tooLarge: '이 파일은 {size}보다 큽니다.',
    tooMany: '파일이 너무 많아 일부는 추가되지 않았습니다.',
    settled: '업로드됨: {done}. 실패: {failed}.',
    busy: '파일을 업로드하고 있습니다.',
    failed: '업로드하지 못했습니다.',
    refused: '이 파일은 허용되지 않습니다.',
    wrongType: '허용되지 않음: {type}. 허용되는 형식: {accept}.',
    noFiles: '파일이 없습니다.',
    network: '연결하지 못했습니다.',
    CONFIRM_FAILED: '업로드되었지만 확인되지 않았습니다.',
  },
}
