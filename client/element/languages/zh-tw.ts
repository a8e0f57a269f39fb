/** Traditional Chinese, in the words of Taiwan. */
import type { Translation } from '../texts.ts'

export const zhTw: Translation = {
  locale: 'zh-TW',
  texts: {
    choose: '選擇檔案',
    chooseOne: '選擇檔案',
    chooseFolder: '選擇資料夾',
    drop: '或拖放、貼上到此處',
    list: '上傳清單',
    cancel: '取消「{name}」',
    remove: '移除「{name}」',
    retry: '重試',
    idle: '等待中',
    paused: '已暫停',
    offline: '離線',
    retrying: '{time}後重試',
    uploading: '上傳中',
    done: '已上傳',
    stored: '已上傳，正在處理',
    left: '剩餘 {time}',
    tooLarge: '此檔案超過 {size}。',
    tooMany: '檔案過多，部分未加入。',
    settled: '已上傳：{done}。失敗：{failed}。',
    busy: '檔案正在上傳。',
    failed: '上傳失敗。',
    refused: '不接受此檔案。',
    wrongType: '不接受：{type}。可接受：{accept}。',
    noFiles: '其中沒有檔案。',
    network: '網路連線失敗。',
    CONFIRM_FAILED: '已上傳，但尚未確認。',
  },
}
