/**
 * Threads: which messages belong together, and in what order a person reads them.
 *
 * Belonging is a matter of shared names. Every Message-ID that a message bears or refers to is a node, a provider's
 * thread id is one too, and messages that share a node, directly or through others, are one thread. That is the
 * result of JWZ's and RFC 5256's threading without the tree, with two differences: a parent that never arrived still
 * holds its replies together, and the order of arrival cannot matter, because a union has no order.
 *
 * This room computes nodes, base subjects and the reading tree from plain data. It touches no database; the store
 * keeps the nodes and joins the threads. Everything here is bounded, since the headers are the sender's to write.
 */
export { arrange, type ThreadMember, type ThreadPlace } from './arrange.ts'
export { messageKey, parentKeys, type ThreadNames, threadNodes } from './nodes.ts'
export { type BaseSubject, baseSubject, subjectKey } from './subject.ts'
