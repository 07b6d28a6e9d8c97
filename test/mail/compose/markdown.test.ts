import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markdownToHtml } from '#mail/compose/index.ts'

function html(text: string): string {
  return markdownToHtml(text)?.split('line-height:1.4">\n')[1]?.replace('</body></html>\n', '').trim() ?? 'plain'
}

/** Elements and attributes that we write; anything else came from the text. */
const tags =
  /<(?!\/?(?:html|head|body|p|br|strong|em|del|code|pre|ul|ol|li|blockquote|div|hr|table|tr|td|th|h[1-6]|a)\b|meta charset="utf-8">|!DOCTYPE html>)/
const attributes =
  /<(?!body style="font-family:sans-serif;line-height:1\.4">)\w+ (?!href="(?:https?:\/\/|mailto:)[^"<>]*">|style="[a-z0-9:#;. -]*"[> ]|border="1"|start="\d+"|charset=)/i

describe('what a text cannot do', () => {
  test.each([
    '<script>alert(1)</script> **x**',
    '<img src=x onerror=alert(1)> **x**',
    '![t](https://tracker.example/p.png) **x**',
    '[x](javascript:alert(1)) **x**',
    '[x](data:text/html,hi) **x**',
    '[x](https://a.example/"onmouseover="alert(1)) **x**',
    '<https://a.example/"><b> **x**',
    '[x]: javascript:alert(1)\n\n[x] **y**',
    '> <img src=x> **b**\n\n**x**',
    '**x**\n\n-- \n<img src=x>',
    '`</code><script>`',
    '```\n</pre><script>\n```',
    '| <script> |\n|---|\n| <img src=x> |',
    '&lt;script&gt; **x**',
  ])('bring elements of its own: %j', text => {
    const made = markdownToHtml(text) ?? ''
    expect(made).not.toMatch(tags)
    expect(made).not.toMatch(attributes)
    expect(made).not.toMatch(/<img|<script|href="(?!https?:|mailto:)/i)
  })

  test('for any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '**',
        '*',
        '_',
        '`',
        '```\n',
        '<',
        '>',
        '"',
        "'",
        '&',
        '[',
        ']',
        '(',
        ')',
        '!',
        '|',
        '\n',
        '\n\n',
        '# ',
        '- ',
        '1. ',
        '> ',
        '---',
        '-- \n',
        'javascript:',
        'https://a.example',
        'onerror=',
        '&lt;',
        '\\',
        '~~',
        '- [x] ',
        ':',
      ),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
        const made = markdownToHtml(pieces.join('')) ?? ''
        expect(made).not.toMatch(tags)
        expect(made).not.toMatch(attributes)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['>', '[', '*', '`', '_a', '[a](', '<a ', '- ', '> - ', '1. ', '![', '**a', '~~', '\\', '&', '|', '\n'])(
    'take the stack or the time of the machine: 20,000 times %j',
    mark => {
      const text = mark.repeat(20_000)
      const before = performance.now()
      markdownToHtml(text)
      markdownToHtml(
        Array.from({ length: 2000 }, (_, depth) => ' '.repeat(depth) + mark)
          .join('\n')
          .slice(0, 900_000),
      )
      // Linear work takes milliseconds; what is quadratic would take minutes and end the test run.
      expect(performance.now() - before).toBeLessThan(20_000)
    },
  )
})

describe('a text', () => {
  test('without markup needs no HTML', () => {
    expect(markdownToHtml('Hi Ann,\n\nsee https://example.org\n> quoted *text*\n\n-- \nMe')).toBeNull()
  })

  test.each([
    ['a **b** _c_ ~~d~~', '<p>a <strong>b</strong> <em>c</em> <del>d</del></p>'],
    ['# T', '<h1>T</h1>'],
    ['a\nb **c**', '<p>a<br>\nb <strong>c</strong></p>'],
    ['- [x] done\n- [ ] not', '<ul>\n<li>☑ done</li>\n<li>☐ not</li>\n</ul>'],
    ['3. c\n4. d', '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'],
    ['[l](https://e.example/?a=1&b=2)', '<p><a href="https://e.example/?a=1&amp;b=2">l</a></p>'],
    ['`a &lt; b`', '<p><code>a &amp;lt; b</code></p>'],
    ['Tom & "Ann" **x**', '<p>Tom &amp; &quot;Ann&quot; <strong>x</strong></p>'],
  ])('%j', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  test('quotes others as they wrote, not as Markdown', () => {
    expect(html('**x**\n\n> a *b*\n> c')).toContain('a *b*<br>\nc</blockquote>')
  })
})
