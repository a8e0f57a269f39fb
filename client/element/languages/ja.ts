/** Japanese. */
import type { Translation } from '../texts.ts'

export const ja: Translation = {
  locale: 'ja',
  texts: {
    choose: 'ファイルを選択',
    chooseOne: 'ファイルを選択',
    chooseFolder: 'フォルダーを選択',
    drop: 'またはここにドロップか貼り付け',
    list: 'アップロード一覧',
    cancel: '{name} をキャンセル',
    remove: '{name} を削除',
    retry: '再試行',
    idle: '待機中',
    paused: '一時停止中',
    offline: 'オフライン',
    retrying: '{time}後に再試行',
    uploading: 'アップロード中',
    done: 'アップロード済み',
    stored: 'アップロード済み（処理中）',
    left: '残り {time}',
    tooLarge: 'このファイルは {size} を超えています。',
    tooMany: 'ファイルが多すぎるため、一部は追加されませんでした。',
    settled: 'アップロード済み: {done}。失敗: {failed}。',
    busy: 'ファイルをアップロードしています。',
    failed: 'アップロードに失敗しました。',
    refused: 'このファイルは受け付けられません。',
    wrongType: '受け付けられません: {type}。使用できる形式: {accept}。',
    noFiles: 'ファイルがありません。',
    network: '接続に失敗しました。',
    CONFIRM_FAILED: 'アップロードされましたが、確認できていません。',
  },
}
