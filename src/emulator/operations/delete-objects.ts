/**
 * DeleteMultipleObjects.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/deletemultipleobjects
 */
import { checkPermission } from '../auth/permissions.ts'
import { MAX_DELETE_XML_BYTES, MAX_DELETED_KEYS } from '../http/limits.ts'
import type { EmulatorReply } from '../http/message.ts'
import { checkKey } from '../http/target.ts'
import { buildXmlDocument, malformedXml, readChild, readXml, type XmlNode } from '../http/xml.ts'
import { printKey, readEncodingType } from '../http/xml-values.ts'
import type { OperationContext } from './context.ts'
import { type Deletion, deleteKey } from './delete-key.ts'
import { readXmlBody } from './receive-body.ts'

interface Named {
  key: string
  versionId: string | undefined
}

export async function deleteObjects(call: OperationContext): Promise<EmulatorReply> {
  const { bucket, request, query, caller } = call
  const encodingType = readEncodingType(query)
  const { isQuiet, names } = parseNames(await readXmlBody(request, MAX_DELETE_XML_BYTES))
  for (const { key } of names) checkKey(key)
  for (const { key } of names) checkPermission(caller, 'DeleteObject', bucket, key)
  const deleted: XmlNode[] = []
  for (const { key, versionId } of names) {
    const deletion = await deleteKey(call, key, versionId)
    deleted.push(printDeletion(printKey(key, encodingType), versionId, deletion))
  }
  if (isQuiet) return { status: 200, headers: {} }
  const body = buildXmlDocument('DeleteResult', { EncodingType: encodingType, Deleted: deleted })
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

/** @throws {OssError} `MalformedXML`, also for more than 1000 keys */
function parseNames(text: string): { isQuiet: boolean; names: Named[] } {
  const root = readXml(text, 'Delete')
  const names = root.children
    .filter(({ name }) => name === 'Object')
    .map((object): Named => {
      const key = object.children.find(({ name }) => name === 'Key')?.rawText
      if (!key) throw malformedXml()
      return { key, versionId: readChild(object, 'VersionId') }
    })
  if (names.length === 0 || names.length > MAX_DELETED_KEYS) throw malformedXml()
  return { isQuiet: readChild(root, 'Quiet') === 'true', names }
}

function printDeletion(key: string, versionId: string | undefined, { marker }: Deletion): XmlNode {
  return {
    Key: key,
    VersionId: versionId || undefined,
    DeleteMarker: marker ? true : undefined,
    DeleteMarkerVersionId: marker?.versionId,
  }
}
