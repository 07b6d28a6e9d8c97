import { join } from 'node:path'
import { newDirectory, type Ran } from '../../postern.ts'
import { type InProcessOptions, inProcess } from './in-process.ts'

/** A place of its own for one log, and the command line on it. */
export class LogPlace {
  readonly home = newDirectory('home')
  readonly directory = newDirectory('memory')
  readonly path = join(this.directory, 'canonical.log')

  /** `postern memory …words --log PATH` */
  run(words: readonly string[], options: InProcessOptions = {}): Promise<Ran> {
    return inProcess(['memory', ...words, '--log', this.path], { home: this.home, ...options })
  }

  /** A log with the same bytes on every run. */
  async filled(): Promise<this> {
    await this.run(['init'])
    const { exit, stderr } = await this.run(['commit', '-'], { input: story })
    if (exit !== 0) throw new Error(stderr)
    return this
  }
}

/** A little of everything, with times of its own. */
export const story = `; postern memory history 1

; batch 1713350400000 2024-04-17T10:40:00Z
(sem @alice @email "alice@example.com" :src @profile :c 0.95000 :v 2024-01-15T00:00:00Z)

; batch 1713350401000 2024-04-17T10:40:01Z
(episode :start :label "she moved")
(sem @alice @email @new_addr :src @profile :c 0.89999 :v 2024-03-01T00:00:00.250Z)

; batch 1713350402000 2024-04-17T10:40:02Z
(epi @evt_001 @rename (@old @new) @github :at 2024-01-15T10:00:00Z :obs 2024-01-15T10:00:05.250Z :src @observation :c 1.00000)

; batch 1713350403000 2024-04-17T10:40:03Z
(pro @rule_1 "agent_write" "route" :pre "critical" :scp @mimir :src @policy :c 1.00000)

; batch 1713350404000 2024-04-17T10:40:04Z
(inf @alice @reachable_at @new_addr (@__mem_0 @__mem_1) @citation_link :c 0.60000 :v 2024-03-02T00:00:00Z)

; batch 1713350405000 2024-04-17T10:40:05Z
(episode :start :parent_episode @__ep_1 :retracts (@__ep_0))
(rename @alice @alice_v2)
(retire @old)
(sem @alice_v2 @likes @handbook:Document :src @observation :c 0.50001 :v 2030-01-01T00:00:00Z :projected true)
(pin @__mem_1 :actor @alice_v2)
`
