import type { Result } from '#base/result.ts'
import { attempt } from '../refusal.ts'
import { Cursor } from './cursor.ts'
import type { Form, SymbolName } from './form.ts'
import { tokenize } from './lexer.ts'
import { type Limits, SURFACE_LIMITS } from './limits.ts'
import type { ParseError } from './parse-error.ts'
import { START } from './position.ts'
import type { Token } from './token.ts'

/** The forms of a batch, or the one reason why there are none: any lexical error first, else the first by position. */
export function parse(text: string, limits: Limits = SURFACE_LIMITS): Result<Form[], ParseError> {
  return attempt(() => {
    const max = limits.batchBytesMax
    const cursor = new Cursor(text, [])
    if (text.length > max || (text.length * 3 > max && Buffer.byteLength(text) > max)) {
      cursor.refuse({ code: 'LimitExceeded', limit: 'batch_bytes', max, pos: START })
    }
    return forms(new Cursor(text, tokenize(text, limits)), limits.formsMax)
  })
}

function forms(cursor: Cursor, max: number): Form[] {
  const result: Form[] = []
  for (let open = cursor.peek(); open !== undefined; open = cursor.peek()) {
    if (result.length === max) {
      cursor.refuse({ code: 'LimitExceeded', limit: 'forms', max, pos: cursor.position(open) })
    }
    result.push(form(cursor))
  }
  return result
}

function form(cursor: Cursor): Form {
  const open = cursor.take('left', 'top-level `(`')
  const head = cursor.peek()
  if (head === undefined) return cursor.unexpected('opcode after `(`')
  if (head.type !== 'bareword') return cursor.unexpected('opcode bareword at form head')
  cursor.next++
  switch (head.text) {
    case 'sem':
      return sem(cursor)
    case 'epi':
      return epi(cursor)
    case 'pro':
      return pro(cursor)
    case 'inf':
      return inf(cursor)
    case 'alias':
      return names(cursor, 'alias', ['alias first arg', 'alias second arg'])
    case 'rename':
      return names(cursor, 'rename', ['rename old name', 'rename new name'])
    case 'retire':
      return retire(cursor)
    case 'correct':
      return correct(cursor, open)
    case 'promote':
      return promote(cursor)
    case 'query':
      return query(cursor)
    case 'episode':
      return episode(cursor)
    case 'pin':
    case 'unpin':
    case 'authoritative_set':
    case 'authoritative_clear':
      return flag(cursor, head.text)
    default:
      return cursor.refuse({ code: 'UnknownOpcode', found: head.text, pos: cursor.position(head) })
  }
}

function sem(cursor: Cursor): Form {
  const subject = cursor.symbol('sem subject')
  const predicate = cursor.predicate('sem predicate')
  const object = cursor.value('sem object')
  const keywords = cursor.keywords('sem', ['src', 'c', 'v', 'projected'], ['src', 'c', 'v'])
  cursor.close('sem')
  return { type: 'sem', subject, predicate, object, keywords }
}

function epi(cursor: Cursor): Form {
  const event = cursor.symbol('epi event_id')
  const eventType = cursor.symbol('epi kind')
  const participants = cursor.symbols('epi participants')
  const location = cursor.symbol('epi location')
  const keywords = cursor.keywords('epi', ['at', 'obs', 'src', 'c'], ['at', 'obs', 'src', 'c'])
  cursor.close('epi')
  return { type: 'epi', event, eventType, participants, location, keywords }
}

function pro(cursor: Cursor): Form {
  const rule = cursor.symbol('pro rule_id')
  const trigger = cursor.value('pro trigger')
  const action = cursor.value('pro action')
  const keywords = cursor.keywords('pro', ['scp', 'src', 'c', 'pre'], ['scp', 'src', 'c'])
  cursor.close('pro')
  return { type: 'pro', rule, trigger, action, keywords }
}

function inf(cursor: Cursor): Form {
  const subject = cursor.symbol('inf subject')
  const predicate = cursor.predicate('inf predicate')
  const object = cursor.value('inf object')
  const parents = cursor.symbols('inf derived_from')
  const method = cursor.symbol('inf method')
  const keywords = cursor.keywords('inf', ['c', 'v', 'projected'], ['c', 'v'])
  cursor.close('inf')
  return { type: 'inf', subject, predicate, object, parents, method, keywords }
}

function names(cursor: Cursor, type: 'alias' | 'rename', slots: readonly [string, string]): Form {
  const first = cursor.symbol(slots[0]).name
  const second = cursor.symbol(slots[1]).name
  cursor.close(type)
  return { type, first, second }
}

function retire(cursor: Cursor): Form {
  const target = cursor.symbol('retire target').name
  cursor.keywords('retire', ['reason']) // any value will do, and none is kept: the format has no place for it
  cursor.close('retire')
  return { type: 'retire', target }
}

function correct(cursor: Cursor, open: Token): Form {
  const target = cursor.symbol('correct target_episode')
  const body = cursor.nested(open, () => form(cursor))
  if (body.type !== 'epi') {
    const expected = 'corrected body must be an `epi` form'
    return cursor.refuse({ code: 'UnexpectedToken', found: 'LParen', expected, pos: START })
  }
  cursor.close('correct')
  return { type: 'correct', target, body }
}

function promote(cursor: Cursor): Form {
  const target = cursor.symbol('promote target')
  cursor.close('promote')
  return { type: 'promote', target }
}

const queryKeywords = [
  ...['kind', 's', 'p', 'o', 'in_episode', 'after_episode', 'before_episode', 'episode_chain', 'as_of', 'as_committed'],
  ...['include_retired', 'include_projected', 'confidence_threshold', 'limit', 'explain_filtered', 'show_framing'],
  ...['debug_mode', 'read_after', 'timeout_ms', 'order'],
]

function query(cursor: Cursor): Form {
  const next = cursor.peek()
  const bare = next?.type === 'keyword' || next?.type === 'right'
  const selector = bare ? undefined : cursor.value('query selector')
  const keywords = cursor.keywords('query', queryKeywords)
  cursor.close('query')
  return { type: 'query', selector, keywords }
}

function episode(cursor: Cursor): Form {
  const verb = cursor.take('keyword', '`:start` or `:close`')
  if (verb.text === 'start') return episodeStart(cursor)
  if (verb.text !== 'close') return cursor.badKeyword(verb, 'episode')
  cursor.close('episode :close')
  return { type: 'episode_close' }
}

function episodeStart(cursor: Cursor): Form {
  const given = new Set<string>()
  let label: string | undefined
  let parent: SymbolName | undefined
  let retracts: string[] = []
  for (;;) {
    const next = cursor.peek()
    if (next === undefined || next.type === 'right') break
    const { text } = cursor.take('keyword', 'keyword argument in `episode :start`')
    if (given.has(text)) return cursor.duplicate(next)
    given.add(text)
    if (text === 'label') label = cursor.take('string', 'string literal for `:label`').text
    else if (text === 'parent_episode') parent = cursor.symbol('symbol for `:parent_episode`')
    else if (text === 'retracts') retracts = cursor.symbols('`:retracts (`')
    else return cursor.badKeyword(next, 'episode :start')
  }
  cursor.close('episode :start')
  return { type: 'episode_start', label, parent, retracts }
}

function flag(cursor: Cursor, type: 'pin' | 'unpin' | 'authoritative_set' | 'authoritative_clear'): Form {
  const target = cursor.symbol(`${type} target`)
  const actor = cursor.keywords(type, ['actor'], ['actor'])[0]?.value
  cursor.close(type)
  if (actor?.type !== 'symbol') return cursor.refuse({ code: 'BadKeyword', keyword: 'actor', form: type, pos: START })
  return { type, target, actor: actor.name }
}
