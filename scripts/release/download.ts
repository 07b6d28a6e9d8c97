import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { digestIn, digestOf } from './checksums.ts'
import { run, tellingLine } from './run.ts'
import type { Say, Step } from './step.ts'

export interface DownloadRequest {
  readonly file: string
  /** `OWNER/NAME` that must have built it. */
  readonly repo: string | undefined
  readonly sums: string | undefined
  /** Whether a signature that cannot be checked counts as wrong. */
  readonly required: boolean
  readonly say: Say
}

const workflow = '.github/workflows/build.yml'
const issuer = 'https://token.actions.githubusercontent.com'

/** Digest, then the signature over the digests, then the provenance of the file: each relies on the one before. */
export async function checkDownload({ file, repo, sums, required, say }: DownloadRequest): Promise<Step[]> {
  const steps: Step[] = []
  const take = (step: Step): Step => {
    const counted: Step = required && step.outcome === 'skipped' ? { ...step, outcome: 'failed' } : step
    steps.push(counted)
    say(counted)
    return counted
  }
  if (!existsSync(file)) return [take({ outcome: 'failed', what: `${file}: no such file` })]
  const sumsFile = sums ?? join(dirname(file), 'SHA256SUMS')
  if (!existsSync(sumsFile))
    return [take({ outcome: 'failed', what: `${sumsFile}: no such file; give it with --sums` })]
  const { outcome } = take(await checkDigest(file, sumsFile))
  if (outcome !== 'ok') return steps
  take(await checkSignature(sumsFile, repo))
  take(await checkProvenance(file, repo))
  return steps
}

async function checkDigest(file: string, sumsFile: string): Promise<Step> {
  const expected = digestIn(readFileSync(sumsFile, 'utf8'), file)
  const found = await digestOf(file)
  const name = basename(file)
  if (expected === undefined) return { outcome: 'failed', what: `SHA256SUMS has no single line for ${name}` }
  if (expected === found) return { outcome: 'ok', what: `SHA-256 of ${name} is ${found}` }
  return { outcome: 'differs', what: `SHA-256 of ${name} is ${found}, but SHA256SUMS has ${expected}` }
}

async function checkSignature(sumsFile: string, repo: string | undefined): Promise<Step> {
  const what = 'signature over SHA256SUMS'
  const bundle = `${sumsFile}.sigstore.json`
  if (!existsSync(bundle)) return { outcome: 'skipped', what: `${what}: ${basename(bundle)} is not beside it` }
  if (repo === undefined) return { outcome: 'skipped', what: `${what}: give --repo to say who must have signed` }
  if (!isRepository(repo)) return { outcome: 'failed', what: `${repo} is not OWNER/NAME` }
  // The identity of a signature made in a reusable workflow is that workflow, at the tag that called it.
  const place = `https://github.com/${repo}/${workflow}`.replaceAll('.', '\\.')
  const identity = `^${place}@refs/tags/v[0-9][0-9A-Za-z.-]*$`
  const who = ['--certificate-identity-regexp', identity, '--certificate-oidc-issuer', issuer]
  const { status, output } = await run('cosign', ['verify-blob', '--bundle', bundle, ...who, sumsFile])
  if (status === undefined) return { outcome: 'skipped', what: `${what}: cosign is not installed` }
  if (status === 0) return { outcome: 'ok', what: `${what} by ${repo}` }
  return { outcome: 'differs', what: `${what}: cosign says: ${tellingLine(output)}` }
}

async function checkProvenance(file: string, repo: string | undefined): Promise<Step> {
  const what = `provenance of ${basename(file)}`
  if (repo === undefined)
    return { outcome: 'skipped', what: `${what}: give --repo to say where it must have been built` }
  if (!isRepository(repo)) return { outcome: 'failed', what: `${repo} is not OWNER/NAME` }
  const beside = join(dirname(file), 'postern.intoto.jsonl')
  const bundle = existsSync(beside) ? ['--bundle', beside] : []
  const signer = ['--repo', repo, '--signer-workflow', `${repo}/${workflow}`]
  const { status, output } = await run('gh', ['attestation', 'verify', file, ...signer, ...bundle])
  if (status === undefined) return { outcome: 'skipped', what: `${what}: gh is not installed` }
  if (status === 0) return { outcome: 'ok', what: `${what}: built by ${workflow} of ${repo}` }
  return { outcome: 'differs', what: `${what}: gh says: ${tellingLine(output)}` }
}

function isRepository(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(text)
}
