import { expect, test } from 'vitest'
import { indexText, invisibleFacts, renderHtml, renderPlain, stripInvisible } from '#mail/render/index.ts'

test.each([
  ['<div style="display:none">secret</div>', 'display_none'],
  ['<div style="DISPLAY : NONE !important">secret</div>', 'display_none'],
  ['<div style="d\\69splay:none">secret</div>', 'display_none'],
  ['<div style="disp/**/lay:none;display:/* x */none">secret</div>', 'display_none'],
  ['<div style="display&#58;none">secret</div>', 'display_none'],
  ['<div hidden>secret</div>', 'display_none'],
  ['<style>.h{display:none}</style><div class="a h">secret</div>', 'display_none'],
  ['<style>#h{display:none}</style><div id=h>secret</div>', 'display_none'],
  ['<div style="visibility:hidden">secret</div>', 'visibility_hidden'],
  ['<div style="font-size:0">secret</div>', 'tiny_font'],
  ['<div style="font-size:1px">secret</div>', 'tiny_font'],
  ['<div style="font:0.5px/1 Arial">secret</div>', 'tiny_font'],
  ['<div style="opacity:0.01">secret</div>', 'transparent'],
  ['<div style="color:transparent">secret</div>', 'transparent'],
  ['<div style="color:rgba(0,0,0,0)">secret</div>', 'transparent'],
  ['<div style="max-height:0;overflow:hidden">secret</div>', 'zero_size'],
  ['<div style="width:1px;height:1px;overflow:hidden">secret</div>', 'zero_size'],
  ['<div style="transform:scale(0)">secret</div>', 'zero_size'],
  ['<div style="position:absolute;clip:rect(0,0,0,0)">secret</div>', 'zero_size'],
  ['<div style="position:absolute;left:-9999px">secret</div>', 'off_screen'],
  ['<div style="text-indent:-9999px">secret</div>', 'off_screen'],
  ['<font color="white">secret</font>', 'same_colour'],
  ['<span style="color:#fefefe">secret</span>', 'same_colour'],
  ['<body bgcolor="#000000" text="#000000">secret', 'same_colour'],
  ['<td style="background:#222"><span style="color:#232323">secret</span></td>', 'same_colour'],
  ['<!-- secret -->', 'comment'],
])('%j hides its text: %s', (html, reason) => {
  const { text, hidden } = renderHtml(`<p>seen</p>${html}`)
  expect(text).toBe('seen')
  expect(hidden.runs).toMatchObject([{ reason, text: 'secret' }])
  expect(indexText(`<p>seen</p>${html}`).text).toBe('seen')
})

test.each([
  '<td style="font-size:0"><span style="font-size:14px">seen</span></td>',
  '<div style="visibility:hidden"><b style="visibility:visible">seen</b></div>',
  '<div style="background:#000"><span style="color:#fff">seen</span></div>',
  '<div style="background:url(x.png)"><span style="color:#fff">seen</span></div>',
  '<td background="x.png"><font color="white">seen</font></td>',
  '<style>.btn{background:#123}</style><a class="btn" style="color:#fff">seen</a>',
  '<style>@media (max-width:600px){.m{display:none}}</style><p class="m">seen</p>',
  '<style>.a .b{display:none}</style><p class="b">seen</p>',
  '<p style="display:none"></p>seen',
  '<p hidden>x<p>seen',
  '<p style="overflow:hidden;height:20px">seen</p>',
  '<!--[if mso]><p>Outlook</p><![endif]--><!--[if !mso]><!-->seen<!--<![endif]-->',
])('%j shows its text', html => {
  expect(renderHtml(html).text).toBe('seen')
})

test('an unfinished hidden element hides no more than a browser would', () => {
  expect(renderHtml('<ul><li hidden>a<li>b</ul>c').text).toBe('- b\n\nc')
  expect(renderHtml('<table><tr><td hidden>a<td>b</table>').text).toBe('b')
})

test('runs are counted, the first of them kept, and padding is no run', () => {
  const facts = renderHtml(`${'<p hidden>secret</p>seen'.repeat(80)}<p hidden>&zwnj;&nbsp;&#847; </p>`).hidden
  expect(facts.count).toBe(80)
  expect(facts.runs).toHaveLength(50)
  expect(facts.length).toBe(80 * 6)
})

test('padding in front of a hidden text does not hide it from the facts', () => {
  const [run] = renderHtml(`<p hidden>${'&nbsp;\u200c '.repeat(2000)}secret</p>`).hidden.runs
  expect(run?.text).toBe('secret')
})

test('a long hidden text is told by its beginning and its length', () => {
  const [run] = renderHtml(`<p hidden>${'x'.repeat(5000)}</p>`).hidden.runs
  expect(run?.length).toBe(5000)
  expect(run?.text.length).toBeLessThanOrEqual(300)
})

test('characters that cannot be seen are taken out and counted', () => {
  const tags = String.fromCodePoint(0xe0041, 0xe0042)
  expect(renderPlain(`a\u200bb\u202ec\x1b[1md${tags}\r\ne`)).toEqual({
    text: 'abc[1md\ne',
    invisible: { zeroWidth: 1, bidi: 1, controls: 2, tags: 2 },
  })
})

test('joiners stay where a script or an emoji needs them', () => {
  const family = '👩\u200d💻'
  const persian = 'می\u200cخواهم'
  expect(stripInvisible(family)).toBe(family)
  expect(stripInvisible(persian)).toBe(persian)
  expect(stripInvisible('pass\u200cword')).toBe('password')
  expect(invisibleFacts('pass\u200cword').zeroWidth).toBe(1)
})
