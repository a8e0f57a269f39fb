/**
 * PutObjectTagging, GetObjectTagging, DeleteObjectTagging.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging
 */
import type { EmulatorReply } from '../http/message.ts'
import { buildXmlDocument, malformedXml, readChild, readXml } from '../http/xml.ts'
import type { Tag } from '../storage/model.ts'
import type { OperationContext } from './context.ts'
import { findObject } from './find-object.ts'
import { readXmlBody } from './receive-body.ts'
import { checkTags } from './tags.ts'

// A bound of this program: ten tags are far smaller.
const MAX_XML_BYTES = 64 * 1024

export async function putObjectTagging(call: OperationContext): Promise<EmulatorReply> {
  const body = await readXmlBody(call.request, MAX_XML_BYTES)
  const set = readXml(body, 'Tagging').children.find(({ name }) => name === 'TagSet')
  if (!set) throw malformedXml()
  const tags = set.children.map((tag): Tag => {
    const [key, value] = [readChild(tag, 'Key'), readChild(tag, 'Value')]
    if (tag.name !== 'Tag' || key === undefined || value === undefined) throw malformedXml()
    return [key, value]
  })
  return saveTags(call, checkTags(tags), 200)
}

export async function getObjectTagging(call: OperationContext): Promise<EmulatorReply> {
  const { tags, versionId } = findObject(call)
  const body = buildXmlDocument('Tagging', {
    TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) },
  })
  const headers = {
    'content-type': 'application/xml',
    ...(versionId !== undefined && { 'x-oss-version-id': versionId }),
  }
  return { status: 200, headers, body }
}

export async function deleteObjectTagging(call: OperationContext): Promise<EmulatorReply> {
  return saveTags(call, [], 204)
}

async function saveTags(
  call: OperationContext,
  tags: Tag[],
  status: number,
): Promise<EmulatorReply> {
  const object = findObject(call)
  await call.emulator.catalog.changeObject(call.bucket, call.key, object, { tags })
  const { versionId } = object
  return {
    status,
    headers: versionId === undefined ? {} : { 'x-oss-version-id': versionId },
  }
}
