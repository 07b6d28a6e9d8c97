import { pdf } from '../letter/files.ts'
import { atAnyTime, dayMs, zoneMinutesAt } from '../times.ts'
import { workLists } from '../words/english.ts'
import { fill } from '../words/fill.ts'
import { publishers, services, shops, spamSentences, spamSubjects } from '../words/senders.ts'
import { demoEndsAt, me, meAtHome } from '../world.ts'
import {
  deliver,
  domainOf,
  envelopeFields,
  escapeHtml,
  newId,
  placeOf,
  type Scene,
  type Story,
  unsubscribeFields,
} from './scene.ts'

/** Mail that programs write: newsletters, receipts, codes, and what nobody asked for. */
const utc = 0

export const newsletter: Story = scene => {
  const { dice } = scene
  const { from, list, leave, titles, stories } = dice.pick(publishers)
  const at = atAnyTime(scene.day, dice)
  const code = dice.hex(10)
  const subject = fill(dice.pick(titles), workLists, dice)
  const articles = dice.some(stories, dice.between(2, 5)).map(each => fill(each, workLists, dice))
  const host = domainOf(from)
  const text = [
    subject,
    ...articles.map((each, index) => `${index + 1}. ${each}\n   https://${host}/read/${dice.digits(5)}`),
    `You receive this because you subscribed. To leave: https://${host}/unsubscribe/${code}`,
  ].join('\n\n')
  return [
    deliver(
      {
        messageId: newId(scene, 0, host),
        at,
        zoneMinutes: utc,
        from,
        to: [meAtHome],
        subject,
        before: envelopeFields(from, at, { to: meAtHome }),
        fields: unsubscribeFields(list, from, leave, code),
        text: `${text}\n`,
        html: newsletterHtml(subject, articles, host, code),
      },
      { ...placeOf(at, dice, 'bulk'), tags: dice.chance(0.3) ? ['reading'] : [] },
    ),
  ]
}

function newsletterHtml(title: string, articles: readonly string[], host: string, code: string): string {
  const rows = articles
    .map(
      (each, index) =>
        `<tr><td style="padding:12px 0;font-family:Georgia,serif"><img src="https://${host}/img/${index}.jpg" width="520" alt=""><h2 style="font-size:18px">${escapeHtml(each)}</h2><p style="color:#444">Read on <a href="https://${host}/read/${code}${index}?utm_source=letter&amp;utm_campaign=${code}">our pages</a>.</p></td></tr>`,
    )
    .join('\n')
  return `<!doctype html>
<html><head><style>.preheader{display:none!important;max-height:0;overflow:hidden} td{line-height:1.4}</style></head>
<body style="margin:0;background:#f4f1ea"><div class="preheader">${escapeHtml(articles[0] ?? '')}</div>
<table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center"><table width="560">
<tr><td><h1 style="font-family:Georgia,serif">${escapeHtml(title)}</h1></td></tr>
${rows}
<tr><td style="font-size:11px;color:#888">You receive this letter because you subscribed. <a href="https://${host}/unsubscribe/${code}">Unsubscribe</a></td></tr>
</table></td></tr></table><img src="https://${host}/open/${code}.gif" width="1" height="1" alt=""></body></html>
`
}

export const receipt: Story = scene => {
  const { dice } = scene
  const { from, tag, subject: template, items } = dice.pick(shops)
  const at = atAnyTime(scene.day, dice)
  const subject = fill(template, workLists, dice)
  const bought = dice.some(items, dice.between(1, 4)).map(each => ({
    item: fill(each, workLists, dice),
    cents: dice.between(290, 18_900),
  }))
  const total = bought.reduce((sum, { cents }) => sum + cents, 0)
  const lines = bought.map(({ item, cents }) => `${item}: ${euros(cents)}`)
  const rows = bought.map(
    ({ item, cents }) => `<tr><td>${escapeHtml(item)}</td><td align="right">${euros(cents)}</td></tr>`,
  )
  const summary = [
    `Thank you, Nora Winter!`,
    lines.join('\n'),
    `Total: ${euros(total)}`,
    `Paid with the card ending in ${dice.digits(4)}.`,
  ]
  return [
    deliver(
      {
        messageId: newId(scene, 0, domainOf(from)),
        at,
        zoneMinutes: utc,
        from,
        to: [meAtHome],
        subject,
        before: envelopeFields(from, at, { to: meAtHome }),
        fields: ['Auto-Submitted: auto-generated'],
        text: `${summary.join('\n\n')}\n`,
        html: `<html><body><p>Thank you, Nora Winter!</p><table border="1">${rows.join('')}<tr><th>Total</th><th align="right">${euros(total)}</th></tr></table></body></html>\n`,
        files: dice.chance(0.45)
          ? [
              {
                name: `invoice-${dice.digits(6)}.pdf`,
                type: 'application/pdf',
                bytes: pdf([from.name, subject, '', ...lines, '', `Total ${euros(total)}`]),
              },
            ]
          : [],
      },
      { ...placeOf(at, dice, 'bulk'), tags: [tag] },
    ),
  ]
}

function euros(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')} EUR`
}

export const notification: Story = scene => {
  const { dice } = scene
  const { from, subject, text } = dice.pick(services)
  const at = atAnyTime(scene.day, dice)
  const lists = { ...workLists, pin: [dice.digits(6)] }
  const isOffice = domainOf(from) === 'planhub.example'
  const to = isOffice ? me : meAtHome
  return [
    deliver(
      {
        messageId: newId(scene, 0, domainOf(from)),
        at,
        zoneMinutes: utc,
        from,
        to: [to],
        subject: fill(subject, lists, dice),
        before: envelopeFields(from, at, { to }),
        fields: ['Auto-Submitted: auto-generated'],
        text: `${fill(text, lists, dice)}\n`,
      },
      placeOf(at, dice, 'bulk'),
    ),
  ]
}

const spamDays = 60

/** Spam is thrown away after two months, so that all there is of it is new. */
export const spam: Story = scene => {
  const { dice } = scene
  const at = atAnyTime(demoEndsAt - dice.next() * spamDays * dayMs - dayMs, dice)
  const from = {
    name: dice.pick(['Rewards', 'Service Team', 'Dr. Wellness', 'Mailbox Admin']),
    email: `${dice.hex(6)}@${dice.hex(5)}-offers.example`,
  }
  return [
    deliver(
      {
        messageId: newId(scene, 0, domainOf(from)),
        at,
        zoneMinutes: zoneMinutesAt(me.zone, at),
        from,
        to: [me],
        subject: fill(dice.pick(spamSubjects), workLists, dice),
        before: envelopeFields(from, at, { auth: 'dkim=none; spf=fail smtp.mailfrom=offers.example; dmarc=fail' }),
        html: spamHtml(scene),
      },
      { folder: 'spam', flags: 0 },
    ),
  ]
}

function spamHtml({ dice }: Scene): string {
  const words = dice.some(spamSentences, 3).map(each => fill(each, workLists, dice))
  const link = `http://${dice.hex(7)}.example/c?x=${dice.hex(12)}`
  return `<html><body bgcolor="#ffff00"><center><h1>${escapeHtml(words[0] ?? '')}</h1><p>${escapeHtml(words.slice(1).join(' '))}</p><a href="${link}"><b>CONFIRM</b></a><font color="#ffff00" size="1">${dice.hex(40)}</font></center></body></html>\n`
}
