import fc from 'fast-check'
import { expect, test } from 'vitest'
import { htmlToMarkdown, htmlToText, indexText, looksLikeHtml, renderHtml } from '#mail/render/index.ts'

test.each([
  ['<p>One</p><p>Two</p>', 'One\n\nTwo'],
  ['<div>One</div><div>Two</div>', 'One\nTwo'],
  ['a<br>b<br><br>c', 'a\nb\n\nc'],
  ['  much \n\t white   space ', 'much white space'],
  ['wor<b>d</b>s', 'words'],
  [
    'a&nbsp;&lt;b&gt; &amp; &quot;c&quot; &#8364; &#x1F600; &copy2026 &unknown; &#150;',
    'a <b> & "c" € 😀 ©2026 &unknown; –',
  ],
  ['<ul><li>a<li>b<ul><li>c</ul></ul>', '- a\n- b\n  - c'],
  ['<ol start="3"><li>a</li><li>b</li></ol>', '3. a\n4. b'],
  ['<blockquote>q<blockquote>r</blockquote></blockquote>', '> q\n>\n> > r'],
  ['<pre>a\n  b</pre>', 'a\n  b'],
  ['a<hr>b', 'a\n\n---\n\nb'],
  ['<img src="https://x.example/p.gif" width=1>a<img alt="Logo" src=cid:1>', 'a[Logo]'],
  ['<script>x()</script><style>p{}</style><title>t</title><p>a</p><noscript>b</noscript>', 'a\n\nb'],
  ['<table><tr><td>Total:</td><td>12 €</td></tr></table>', 'Total: 12 €'],
  ['<table><tr><td><p>one</p></td><td><p>two</p></td></tr></table>', 'one\n\ntwo'],
  ['<table border=1><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>22</td></tr></table>', 'A  B\n1  22'],
  ['<p>unclosed <b>bold <i>both</p><p>next', 'unclosed bold both\n\nnext'],
  ['a < b and <3 but <> not', 'a < b and <3 but <> not'],
  ['<a title="x > y">z</a>', 'z'],
  ['<P CLASS=x>upper</P>', 'upper'],
  ['plain text', 'plain text'],
  ['', ''],
])('%j reads %j', (html, text) => {
  expect(htmlToText(html)).toBe(text)
})

test.each([
  ['<h2>Title <b>x</b></h2><p>Text</p>', '## Title x\n\nText'],
  ['<p><b>bold</b> and <i>it</i> and <b><i>both</i></b></p>', '**bold** and *it* and ***both***'],
  ['<b> spaced </b>end', '**spaced** end'],
  ['<a href="https://x.example/a(b)">text</a>', '[text](https://x.example/a%28b%29)'],
  ['<a href="https://x.example/">https://x.example</a>', 'https://x.example'],
  ['<a href="javascript:alert(1)">text</a>', 'text'],
  ['<a href="data:text/html,x">text</a>', 'text'],
  ['<code>a*b</code> <pre>x\n y</pre>', '`a*b`\n\n```\nx\n y\n```'],
  [
    '<p># no heading</p><p>1. no list</p><p>- none</p><p>&gt; no quote</p>',
    '\\# no heading\n\n1\\. no list\n\n\\- none\n\n\\> no quote',
  ],
  ['snake_case and *star* [x](y) `z` &lt;b&gt;', 'snake_case and \\*star\\* \\[x\\](y) \\`z\\` \\<b>'],
  [
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td><a href="https://x.example/y">z</a></td></tr></table>',
    '| A | B |\n| --- | --- |\n| 1\\|2 | [z](https://x.example/y) |',
  ],
  ['<table role=presentation border=1><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>', 'A B\n1 2'],
])('%j is the Markdown %j', (html, markdown) => {
  expect(htmlToMarkdown(html)).toBe(markdown)
})

test('links are shown as references, inline, by their host, or not at all', () => {
  const html =
    '<p><a href="https://a.example/x">one</a>, <a href="https://b.example/">two</a>, <a href="https://a.example/x">again</a></p>'
  expect(renderHtml(html).text).toBe('one [1], two [2], again [1]\n\n[1] https://a.example/x\n[2] https://b.example/')
  expect(renderHtml(html, { links: 'inline' }).text).toBe(
    'one <https://a.example/x>, two <https://b.example/>, again <https://a.example/x>',
  )
  expect(renderHtml(html, { links: 'host' }).text).toBe('one (a.example), two (b.example), again (a.example)')
  expect(renderHtml(html, { links: 'none' }).text).toBe('one, two, again')
})

test('a link whose text names another address shows where it leads', () => {
  const html = '<a href="https://xn--80ak6aa92e.example/login">https://apple.example/login</a>'
  expect(renderHtml(html, { links: 'host' }).text).toBe('https://apple.example/login (xn--80ak6aa92e.example)')
})

test('text is wrapped at words and columns, wide characters counted twice', () => {
  expect(renderHtml('one two three four five six seven', { width: 20 }).text).toBe('one two three four\nfive six seven')
  expect(renderHtml('日本語日本語 日本語日本語 日本語', { width: 20 }).text).toBe('日本語日本語\n日本語日本語 日本語')
})

test('remote images are counted and never fetched', () => {
  const html =
    '<img src="https://x.example/1.gif"><img src="//x.example/2.gif"><img src="cid:3"><img src="data:image/gif;base64,R0">'
  expect(renderHtml(html).remoteImages).toBe(2)
})

test.each([
  ['<!DOCTYPE html><p>x', true],
  ['  <div>x</div>', true],
  ['<!-- a --><br><b>x</b>', true],
  ['see <b> in the text', false],
  ['<ann@example.org> wrote', false],
  ['1 < 2', false],
])('%j looks like HTML: %j', (text, expected) => {
  expect(looksLikeHtml(text)).toBe(expected)
})

test('whatever the HTML, the index and the rendering hold no tag of it, and both end', () => {
  const piece = fc.constantFrom(
    ...[
      '<p>',
      '</p>',
      '<div style="display:none">',
      '</div>',
      '<table>',
      '<tr>',
      '<td>',
      '</table>',
      '<a href="http://x">',
      '</a>',
    ],
    ...[
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '<b',
      '>',
      '"',
      "'",
      '=',
      '&',
      '&amp;',
      '&#',
      'text',
      ' ',
      '<li>',
      '<ul>',
      '</ul>',
      '<pre>',
    ],
    ...[
      '<style>',
      '</style>',
      '<blockquote type=cite>',
      '</blockquote>',
      '<br/>',
      '<h1>',
      '\u202e',
      '\u200b',
      '*',
      '_',
      '|',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
      const html = pieces.join('')
      const { text } = renderHtml(html, { mode: 'markdown' })
      expect(text.length).toBeLessThanOrEqual(html.length * 30 + 100)
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08]/)
      expect(indexText(html).text.length).toBeLessThanOrEqual(html.length)
      expect(text).not.toContain('<script>')
    }),
    { seed: 3, numRuns: 500 },
  )
})
