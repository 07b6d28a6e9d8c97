import { Buffer } from 'node:buffer'
import { Dice } from '../dice.ts'
import { buildLetter, type File } from '../letter/build.ts'
import { csv, pdf, png } from '../letter/files.ts'
import { workLists, workSentences } from '../words/english.ts'
import { fill } from '../words/fill.ts'
import { colleagues, demoEndsAt, me } from '../world.ts'

/** Pictures go around in an office, and drawing one takes longer than a message: a few, over and over. */
const pictures = new Map<number, Uint8Array>()
const picturesMax = 24

export function attachmentsFor(dice: Dice): File[] {
  const roll = dice.next()
  if (roll < 0.4) return [report(dice)]
  if (roll < 0.65) return [picture(dice)]
  if (roll < 0.8) return [figures(dice)]
  if (roll < 0.88) return [notes(dice)]
  if (roll < 0.93) return [forwarded(dice)]
  return [report(dice), picture(dice)]
}

export function report(
  dice: Dice,
  title = fill(dice.pick(['{paper}', 'Offer {code}', '{drawing} {part}']), workLists, dice),
): File {
  const lines = [
    title,
    '',
    ...Array.from({ length: 12 }, () => fill(dice.pick(workSentences), workLists, dice).slice(0, 90)),
  ]
  return { name: `${fileStem(title)}.pdf`, type: 'application/pdf', bytes: pdf(lines) }
}

function picture(dice: Dice): File {
  const which = dice.between(1, picturesMax)
  const bytes = pictures.get(which) ?? drawPicture(which)
  pictures.set(which, bytes)
  return { name: `IMG_${4200 + which}.png`, type: 'image/png', bytes }
}

function drawPicture(which: number): Uint8Array {
  const dice = new Dice(77, which)
  return png(dice, dice.between(120, 420), dice.between(90, 300))
}

function figures(dice: Dice): File {
  const rows = Array.from({ length: dice.between(8, 40) }, (_, at) => [
    at + 1,
    `"${fill('{material}', workLists, dice)}"`,
    dice.between(1, 90),
    `${dice.between(3, 900)}.${dice.digits(2)}`,
  ])
  const bytes = csv([['position', 'item', 'quantity', 'price'], ...rows])
  return { name: `quantities-${dice.digits(3)}.csv`, type: 'text/csv', bytes }
}

function notes(dice: Dice): File {
  const text = Array.from({ length: 8 }, () => `- ${fill(dice.pick(workSentences), workLists, dice)}`).join('\n')
  return { name: `notes-${dice.digits(4)}.txt`, type: 'text/plain; charset=utf-8', bytes: Buffer.from(`${text}\n`) }
}

/** A message inside a message. */
function forwarded(dice: Dice): File {
  const from = dice.pick(colleagues)
  const subject = fill('About {part}', workLists, dice)
  const raw = buildLetter({
    messageId: `${dice.hex(16)}@birchstone.example`,
    at: demoEndsAt - dice.between(20, 900) * 86_400_000,
    zoneMinutes: 60,
    from,
    to: [me],
    subject,
    text: `${fill(dice.pick(workSentences), workLists, dice)}\n`,
  })
  return { name: `${fileStem(subject)}.eml`, type: 'message/rfc822', bytes: raw, isText: true }
}

function fileStem(title: string): string {
  return title.replace(/[^\w.]+/g, '-').replace(/^-+|-+$/g, '')
}
