import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/**
 * A participant with one opinion: `node participant.ts NAME DIRECTORY [HOW]`. What it was shown goes to
 * DIRECTORY/shown.jsonl. While DIRECTORY/hold-STEP is there it hangs at that step.
 */
const [, , name = '', directory = '', how = 'agree'] = process.argv
const asked = readFileSync(0, 'utf8')
const tasks = {
  independent: 'Give your own answer',
  critique: 'Others have answered',
  revision: 'after all that',
  synthesis: 'Put together',
  vote: 'Do you agree',
} as const
const step = Object.entries(tasks).find(([, words]) => asked.includes(words))?.[0] ?? 'unknown'
const shown = [...asked.matchAll(/^<<untrusted [0-9a-f]{32} (.*)>>$/gm)].map(([, what]) => what)
appendFileSync(`${directory}/shown.jsonl`, `${JSON.stringify({ name, step, shown })}\n`)

const synthesis = {
  recommendation: 'Plant moss.',
  status: ['unsafe', 'reject', 'needs_evidence'].includes(how) ? how : 'recommend',
  supporting: ['It holds water.'],
  dissenting: ['It is slow.'],
  unresolved: ['Who waters it?'],
  memories: ['# Roof\nplant: moss\n', '# Roof\nplant: moss\n', 'Moss holds water.', '(retire @roof)'],
}
const answers: Readonly<Record<string, string>> = {
  synthesis: how === 'prose' ? 'I think moss.' : `Here it is:\n\`\`\`json\n${JSON.stringify(synthesis)}\n\`\`\``,
  vote: JSON.stringify({
    vote: how === 'disagree' || how === 'abstain' ? how : 'agree',
    confidence: 0.7,
    rationale: `${name} has a reason.`,
  }),
}

const hold = `${directory}/hold-${step}`
if (existsSync(hold)) {
  // Ends with the hold: whoever asked may have been killed by then.
  const waiting = setInterval(() => {
    if (!existsSync(hold)) clearInterval(waiting)
  }, 50)
} else if (how === 'fail' && step === 'critique') process.exitCode = 1
else process.stdout.write(`${answers[step] ?? `${name} says: moss. (${step})`}\n`)
