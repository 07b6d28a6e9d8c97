import { type Case, lines, mail, raw, utf8 } from './case.ts'

const part = (type: string, body: string, ...headers: string[]): string[] => [
  `Content-Type: ${type}`,
  ...headers,
  '',
  body,
]

/** A multipart of parts, its delimiters and all. */
function multi(boundary: string, ...parts: string[][]): string[] {
  return [...parts.flatMap(each => [`--${boundary}`, ...each]), `--${boundary}--`, '']
}

const nested = (subtype: string, boundary: string, ...parts: string[][]): string[] => [
  `Content-Type: multipart/${subtype}; boundary="${boundary}"`,
  '',
  ...multi(boundary, ...parts).slice(0, -1),
]

const message = (subtype: string, ...parts: string[][]) =>
  mail(['MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary="b"`], ...multi('b', ...parts))

const plain = part('text/plain', 'Plain text')
const html = part('text/html', '<p>HTML <b>text</b></p>')
const image = part(
  'image/png',
  'PNG',
  'Content-ID: <logo@example.org>',
  'Content-Disposition: inline; filename=logo.png',
)
const pdf = part('application/pdf', 'PDF', 'Content-Disposition: attachment; filename=a.pdf')

const inner = lines(
  'From: Bob <bob@example.org>',
  'Subject: Inner',
  'Date: Sun, 1 Mar 2026 10:00:00 +0000',
  '',
  'Inner text',
)

export const structureCases: readonly Case[] = [
  {
    name: 'single-plain',
    raw: mail(['Content-Type: text/plain'], 'Hello'),
    expect: {
      text: 'Hello',
      html: null,
      text_source: 'plain',
      attachments: [],
      structure: { part: '1', content_type: 'text/plain' },
      defects: [],
    },
  },
  {
    name: 'single-html',
    raw: mail(['Content-Type: text/html; charset=utf-8'], '<p>Hello <b>you</b></p>'),
    expect: { text: 'Hello you', text_source: 'html', html: '<p>Hello <b>you</b></p>', attachments: [], defects: [] },
  },
  {
    name: 'single-attachment',
    raw: mail(['Content-Type: application/pdf; name=a.pdf'], 'PDF'),
    expect: {
      text: null,
      text_source: 'none',
      html: null,
      has_attachments: true,
      attachments: [{ part: '1', filename: 'a.pdf', size: 3 }],
      defects: [],
    },
  },
  {
    name: 'no-content-type',
    raw: mail([], 'Hello'),
    expect: { text: 'Hello', structure: { content_type: 'text/plain', charset: null }, defects: [] },
  },
  { name: 'empty-body', raw: mail(['Content-Type: text/plain']), expect: { text: '', attachments: [], defects: [] } },
  {
    name: 'markdown-root',
    raw: mail(['Content-Type: text/markdown; charset=utf-8'], utf8('# Täglich')),
    expect: { text: '# Täglich', text_source: 'plain', attachments: [], defects: [] },
  },
  {
    name: 'alternative',
    raw: message('alternative', plain, html),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>',
      text_source: 'plain',
      has_attachments: false,
      attachments: [],
      structure: { part: '', parts: [{ part: '1' }, { part: '2' }] },
      defects: [],
    },
  },
  {
    name: 'alternative-html-only',
    raw: message('alternative', html),
    expect: { text: 'HTML text', text_source: 'html', html: '<p>HTML <b>text</b></p>', defects: [] },
  },
  {
    name: 'alternative-related',
    raw: message('alternative', plain, nested('related', 'r', html, image)),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>',
      has_attachments: false,
      attachments: [{ part: '2.2', content_id: 'logo@example.org', inline: true, filename: 'logo.png' }],
      defects: [],
    },
  },
  {
    name: 'related-alternative',
    raw: message('related', nested('alternative', 'a', plain, html), image),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>',
      has_attachments: false,
      attachments: [{ part: '2', inline: true }],
      defects: [],
    },
  },
  {
    name: 'mixed-alternative-attachment',
    raw: message('mixed', nested('alternative', 'a', plain, html), pdf),
    expect: {
      text: 'Plain text',
      has_attachments: true,
      attachments: [{ part: '2', filename: 'a.pdf', inline: false }],
      structure: { parts: [{ part: '1', parts: [{ part: '1.1' }, { part: '1.2' }] }, { part: '2' }] },
      defects: [],
    },
  },
  {
    name: 'mixed-text-image-text',
    raw: message(
      'mixed',
      part('text/plain', 'Before'),
      part('image/jpeg', 'JPEG', 'Content-Disposition: inline'),
      part('text/plain', 'After'),
    ),
    expect: {
      text: 'Before\nAfter',
      has_attachments: true,
      attachments: [{ part: '2', disposition: 'inline', inline: false }],
      defects: [],
    },
  },
  {
    name: 'mixed-list-footer',
    raw: message('mixed', part('text/plain', 'Body'), part('text/plain', '_____\r\nlist footer')),
    expect: { text: 'Body\n_____\nlist footer', attachments: [], defects: [] },
  },
  {
    name: 'mixed-html-then-footer',
    raw: message('mixed', html, part('text/plain', 'a < b')),
    expect: {
      text: 'HTML text\na < b',
      text_source: 'mixed',
      html: '<p>HTML <b>text</b></p>\n<pre style="white-space:pre-wrap">a &lt; b</pre>\n',
      attachments: [],
      defects: [],
    },
  },
  {
    name: 'mixed-text-with-name-is-file',
    raw: message('mixed', plain, part('text/plain', 'log', 'Content-Disposition: inline; filename=log.txt')),
    expect: {
      text: 'Plain text',
      has_attachments: true,
      attachments: [{ part: '2', filename: 'log.txt', disposition: 'inline' }],
      defects: [],
    },
  },
  {
    name: 'mixed-first-text-with-name',
    raw: message('mixed', part('text/plain; name=note.txt', 'Note'), pdf),
    expect: { text: 'Note', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'mixed-text-attachment',
    raw: message('mixed', plain, part('text/plain', 'file', 'Content-Disposition: attachment')),
    expect: { text: 'Plain text', attachments: [{ part: '2', disposition: 'attachment' }], defects: [] },
  },
  {
    name: 'mixed-attachment-first',
    raw: message('mixed', pdf, plain),
    expect: { text: 'Plain text', attachments: [{ part: '1' }], defects: [] },
  },
  {
    name: 'mixed-only-attachment',
    raw: message('mixed', pdf),
    expect: { text: null, html: null, attachments: [{ part: '1' }], defects: [] },
  },
  {
    name: 'mixed-nested-twice',
    raw: message(
      'mixed',
      nested('mixed', 'c', nested('alternative', 'd', plain, html), pdf),
      part('text/plain', 'Footer'),
    ),
    expect: { text: 'Plain text\nFooter', attachments: [{ part: '1.2' }], defects: [] },
  },
  {
    name: 'alternative-mixed-inside',
    raw: message('alternative', plain, nested('mixed', 'c', html, pdf, part('text/html', '<i>more</i>'))),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>\n<i>more</i>',
      attachments: [{ part: '2.2' }],
      defects: [],
    },
  },
  {
    name: 'alternative-amp',
    raw: message('alternative', plain, part('text/x-amp-html', '<html amp4email></html>'), html),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>',
      has_attachments: false,
      attachments: [{ part: '2', content_type: 'text/x-amp-html', inline: true }],
      defects: [],
    },
  },
  {
    name: 'alternative-enriched',
    raw: message('alternative', plain, part('text/enriched', '<bold>x</bold>')),
    expect: {
      text: 'Plain text',
      html: null,
      has_attachments: false,
      attachments: [{ part: '2', inline: true }],
      defects: [],
    },
  },
  {
    name: 'unknown-multipart-subtype',
    raw: message('x-unknown', plain, pdf),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'parallel',
    raw: message('parallel', plain, part('text/plain', 'Second')),
    expect: { text: 'Plain text\nSecond', defects: [] },
  },
  {
    name: 'preamble-and-epilogue',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], 'preamble', ...multi('b', plain), 'epilogue'),
    expect: { text: 'Plain text', attachments: [], defects: [] },
  },
  {
    name: 'boundary-with-signs',
    raw: mail(['Content-Type: multipart/mixed; boundary="=_a b\'()+,-./:=?c"'], ...multi("=_a b'()+,-./:=?c", plain)),
    expect: { text: 'Plain text', defects: [] },
  },
  {
    name: 'boundary-unquoted',
    raw: mail(['Content-Type: multipart/mixed; boundary=----=_Part_1.2'], ...multi('----=_Part_1.2', plain)),
    expect: { text: 'Plain text', defects: [] },
  },
  {
    name: 'boundary-prefix-of-inner',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=abc'],
      ...multi('abc', nested('alternative', 'abcdef', plain, html), pdf),
    ),
    expect: { text: 'Plain text', html: '<p>HTML <b>text</b></p>', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'boundary-ends-in-hyphens',
    raw: mail(['Content-Type: multipart/mixed; boundary="b--"'], ...multi('b--', plain, pdf)),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'boundary-trailing-blanks',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], '--b \t', ...plain, '--b  ', ...pdf, '--b-- '),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'boundary-only-in-line',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b'],
      ...multi('b', part('text/plain', 'x --b y\r\n--bc\r\n --b')),
    ),
    expect: { text: 'x --b y\n--bc\n --b', defects: [] },
  },
  {
    name: 'boundary-unclosed',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], '--b', ...plain, '--b', ...pdf),
    expect: { text: 'Plain text', attachments: [{ part: '2', size: 3 }], defects: ['boundary_unclosed'] },
  },
  {
    name: 'boundary-inner-unclosed',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b'],
      '--b',
      ...nested('alternative', 'a', plain, html).slice(0, -1),
      '--b',
      ...pdf,
      '--b--',
    ),
    expect: {
      text: 'Plain text',
      html: '<p>HTML <b>text</b></p>',
      attachments: [{ part: '2' }],
      defects: ['boundary_unclosed'],
    },
  },
  {
    name: 'boundary-missing-recovered',
    raw: mail(['Content-Type: multipart/mixed'], ...multi('b', plain, pdf)),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: ['boundary_missing', 'boundary_recovered'] },
  },
  {
    name: 'boundary-wrong-recovered',
    raw: mail(['Content-Type: multipart/mixed; boundary=other'], ...multi('b', plain, pdf)),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: ['boundary_not_found', 'boundary_recovered'] },
  },
  {
    name: 'boundary-none-at-all',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], 'just text'),
    expect: {
      text: 'just text',
      attachments: [],
      structure: { part: '1', content_type: 'text/plain' },
      defects: ['boundary_not_found'],
    },
  },
  {
    name: 'boundary-same-in-nested',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b'],
      '--b',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      ...plain,
      '--b',
      ...html,
      '--b--',
      '--b',
      ...pdf,
      '--b--',
    ),
    expect: { text: 'Plain text', html: '<p>HTML <b>text</b></p>', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'part-without-headers',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], '--b', '', 'Bare', '--b--'),
    expect: { text: 'Bare', defects: [] },
  },
  {
    name: 'part-headers-only',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], '--b', 'Content-Type: text/plain', '--b', ...pdf, '--b--'),
    expect: { text: '', attachments: [{ part: '2' }], defects: [] },
  },
  {
    name: 'part-empty',
    raw: mail(['Content-Type: multipart/mixed; boundary=b'], '--b', '--b', '', '--b--'),
    expect: { text: '', attachments: [], defects: [] },
  },
  {
    name: 'part-missing-blank-line',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b'],
      '--b',
      'Content-Type: text/plain',
      'Text that starts at once',
      '--b--',
    ),
    expect: { text: 'Text that starts at once', defects: ['header_separator_missing'] },
  },
  {
    name: 'rfc822',
    raw: message('mixed', plain, part('message/rfc822', inner)),
    expect: {
      text: 'Plain text',
      has_attachments: true,
      attachments: [
        {
          part: '2',
          content_type: 'message/rfc822',
          filename: null,
          save_as: 'Inner.eml',
          message: { subject: 'Inner', from: 'Bob', date: '2026-03-01T10:00:00Z' },
        },
      ],
      structure: { parts: [{ part: '1' }, { part: '2', parts: [{ part: '2.1', content_type: 'text/plain' }] }] },
      defects: [],
    },
  },
  {
    name: 'rfc822-multipart-inside',
    raw: message('mixed', plain, [
      `Content-Type: message/rfc822`,
      '',
      'Subject: Inner',
      'Content-Type: multipart/mixed; boundary=i',
      '',
      ...multi('i', part('text/plain', 'Inner text'), pdf).slice(0, -1),
    ]),
    expect: {
      text: 'Plain text',
      attachments: [{ part: '2', message: { subject: 'Inner' } }],
      structure: {
        parts: [
          { part: '1' },
          {
            part: '2',
            parts: [{ part: '2', content_type: 'multipart/mixed', parts: [{ part: '2.1' }, { part: '2.2' }] }],
          },
        ],
      },
      defects: [],
    },
  },
  {
    name: 'rfc822-unclosed-inside',
    raw: message(
      'mixed',
      part(
        'message/rfc822',
        lines('Subject: Inner', 'Content-Type: multipart/mixed; boundary=i', '', '--i', '', 'Inner text'),
      ),
      pdf,
    ),
    expect: {
      text: null,
      attachments: [{ part: '1' }, { part: '2', filename: 'a.pdf' }],
      defects: ['boundary_unclosed'],
    },
  },
  {
    name: 'rfc822-as-root',
    raw: mail(['Content-Type: message/rfc822'], inner),
    expect: {
      text: null,
      attachments: [{ part: '1', message: { subject: 'Inner' } }],
      structure: { part: '1', parts: [{ part: '1.1' }] },
      defects: [],
    },
  },
  {
    name: 'rfc822-base64',
    raw: message(
      'mixed',
      plain,
      part('message/rfc822', Buffer.from(inner).toString('base64'), 'Content-Transfer-Encoding: base64'),
    ),
    expect: { attachments: [{ part: '2', size: inner.length, message: null }], defects: [] },
  },
  {
    name: 'digest',
    raw: message('digest', ['', inner], ['', inner.replace('Inner', 'Other')]),
    expect: {
      text: null,
      attachments: [
        { part: '1', content_type: 'message/rfc822', message: { subject: 'Inner' } },
        { part: '2', message: { subject: 'Other' } },
      ],
      defects: [],
    },
  },
  {
    name: 'external-body',
    raw: message(
      'mixed',
      plain,
      part('message/external-body; access-type=URL; URL="http://example.org/x"', 'Content-Type: image/png\r\n'),
    ),
    expect: { text: 'Plain text', attachments: [{ part: '2', content_type: 'message/external-body' }], defects: [] },
  },
  {
    name: 'partial',
    raw: mail(['Content-Type: message/partial; id="x@y"; number=1; total=2'], 'piece'),
    expect: { text: null, attachments: [{ part: '1', content_type: 'message/partial' }], defects: [] },
  },
  {
    name: 'inline-image-without-html',
    raw: message('mixed', plain, image),
    expect: {
      text: 'Plain text',
      has_attachments: true,
      attachments: [{ part: '2', filename: 'logo.png', inline: false }],
      defects: [],
    },
  },
  {
    name: 'related-start-parameter',
    raw: mail(
      ['Content-Type: multipart/related; boundary=b; type="text/html"; start="<root>"'],
      ...multi('b', part('text/html', '<p>Root</p>', 'Content-ID: <root>'), image),
    ),
    expect: { html: '<p>Root</p>', text: 'Root', attachments: [{ part: '2', inline: true }], defects: [] },
  },
  {
    name: 'content-location',
    raw: message('related', html, part('image/gif', 'GIF', 'Content-Location: http://example.org/a.gif')),
    expect: { attachments: [{ part: '2', content_type: 'image/gif' }], defects: [] },
  },
  {
    name: 'content-type-malformed',
    raw: mail(['Content-Type: text'], 'Hello'),
    expect: { text: 'Hello', structure: { content_type: 'text/plain' }, defects: [] },
  },
  {
    name: 'content-type-nonsense',
    raw: mail(['Content-Type: ;;;'], 'Hello'),
    expect: { text: 'Hello', defects: ['content_type_malformed'] },
  },
  {
    name: 'content-type-upper-case',
    raw: mail(['CONTENT-TYPE: TEXT/HTML; CHARSET=UTF-8'], utf8('<p>Ü</p>')),
    expect: { text: 'Ü', defects: [] },
  },

  {
    name: 'disposition-unknown',
    raw: message('mixed', plain, part('text/plain', 'x', 'Content-Disposition: x-odd')),
    expect: { text: 'Plain text', attachments: [{ part: '2', disposition: 'x-odd' }], defects: [] },
  },
  {
    name: 'disposition-only-name',
    raw: message('mixed', plain, part('application/pdf', 'PDF', 'Content-Disposition: filename=a.pdf')),
    expect: { attachments: [{ part: '2', filename: 'a.pdf', disposition: null }], defects: [] },
  },
  {
    name: 'html-labelled-plain',
    raw: mail(['Content-Type: text/plain'], '<!DOCTYPE html><html><body><p>x</p></body></html>'),
    expect: { text: '<!DOCTYPE html><html><body><p>x</p></body></html>', html: null, defects: [] },
  },
  {
    name: 'mime-version-missing',
    raw: raw(
      lines(
        'From: a@example.org',
        'Date: 2 Mar 2026 10:00:00 +0000',
        'Message-ID: <1@x>',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        ...multi('b', plain, pdf),
      ),
    ),
    expect: { text: 'Plain text', attachments: [{ part: '2' }], defects: [] },
  },
]
