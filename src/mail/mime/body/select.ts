import { type Entity, fileNameOf, isMultipart } from '../part/entity.ts'

/** Which parts are the message's text, its HTML, and its attachments (RFC 8621 §4.1.4). */
export interface Selection {
  /** Parts to show one after the other as plain text; an HTML part where nothing plainer was sent. */
  readonly text: readonly Entity[]
  /** The same for an HTML display; a plain part where no HTML was sent. */
  readonly html: readonly Entity[]
  readonly attachments: readonly Entity[]
  /** Attachments that are one more form of the text (AMP, calendar): the person was not sent a file. */
  readonly alternatives: ReadonlySet<Entity>
}

interface Lists {
  text: Entity[] | undefined
  html: Entity[] | undefined
}

/** Walks the tree as the RFC's parseStructure does. An attached message is an attachment; its parts are its own. */
export function selectBody(root: Entity): Selection {
  if (root.type === 'text/plain' && root.disposition === null) return singleText(root)
  const text: Entity[] = []
  const html: Entity[] = []
  const attachments: Entity[] = []
  const alternatives = new Set<Entity>()
  walk([root], 'mixed', false, { text, html })
  // The RFC leaves media in the flow to a display that can draw them. Here they are files too: a photo that a phone
  // puts between two paragraphs must be found, listed and saved.
  const media = new Set([...text, ...html].filter(part => isMedia(part) && !attachments.includes(part)))
  if (media.size > 0) attachments.push(...media)
  if (media.size > 0) attachments.sort((a, b) => a.bodyStart - b.bodyStart)
  return { text, html, attachments, alternatives }

  function walk(parts: readonly Entity[], subtype: string, inAlternative: boolean, given: Lists): void {
    const lists = { ...given }
    const textLength = lists.text?.length ?? -1
    const htmlLength = lists.html?.length ?? -1
    parts.forEach((part, index) => {
      if (isMultipart(part) && part.children.length > 0) {
        const inner = part.type.slice('multipart/'.length)
        walk(part.children, inner, inAlternative || inner === 'alternative', lists)
      } else if (isMultipart(part) && part.bodyEnd <= part.bodyStart) {
        // A multipart of nothing is nothing.
      } else if (!isInline(part, index, subtype, root)) {
        attachments.push(part)
        if (subtype === 'alternative') alternatives.add(part)
      } else if (subtype === 'alternative') {
        if (isPlain(part, root)) lists.text?.push(part)
        else if (part.type === 'text/html') lists.html?.push(part)
        else {
          attachments.push(part)
          alternatives.add(part)
        }
      } else {
        if (inAlternative) {
          if (isPlain(part, root)) lists.html = undefined
          if (part.type === 'text/html') lists.text = undefined
        }
        lists.text?.push(part)
        lists.html?.push(part)
        if ((lists.text === undefined || lists.html === undefined) && isMedia(part)) attachments.push(part)
      }
    })
    if (subtype !== 'alternative' || lists.text === undefined || lists.html === undefined) return
    if (textLength === lists.text.length && htmlLength !== lists.html.length)
      lists.text.push(...lists.html.slice(htmlLength))
    else if (htmlLength === lists.html.length && textLength !== lists.text.length) {
      lists.html.push(...lists.text.slice(textLength))
    }
  }
}

const noAlternatives: ReadonlySet<Entity> = new Set()

/** What most messages are. */
function singleText(root: Entity): Selection {
  return { text: [root], html: [root], attachments: [], alternatives: noAlternatives }
}

function isInline(part: Entity, index: number, subtype: string, root: Entity): boolean {
  if (part.disposition !== null && part.disposition !== 'inline') return false
  const media = isMedia(part)
  if (!media && part.type !== 'text/html' && !isPlain(part, root)) return false
  return index === 0 || (subtype !== 'related' && (media || fileNameOf(part) === null))
}

/** A message that consists of some other text (Markdown, enriched text, a log) shows that text. */
function isPlain(part: Entity, root: Entity): boolean {
  if (part.type === 'text/plain') return true
  return part === root && part.type.startsWith('text/') && part.type !== 'text/html' && part.type !== 'text/calendar'
}

/** Images, sound and film have their place in the flow of the text. */
function isMedia(part: Entity): boolean {
  const { type } = part
  return type.startsWith('image/') || type.startsWith('audio/') || type.startsWith('video/')
}
