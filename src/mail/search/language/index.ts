/**
 * The search language: Gmail's vocabulary, read into a tree. Pure; it knows neither store nor clock. Relative dates,
 * `me`, labels and accounts stay names here and get their meaning when a query runs, so that a saved search keeps its
 * sense from day to day. A rule, a saved search and a search are the same tree.
 */
export * from './ast.ts'
export type { Diagnostic, DiagnosticCode } from './diagnostics.ts'
export { OPERATORS } from './operators.ts'
export { type Parsed, parse, queryCharsMax } from './parser.ts'
export { print } from './printer.ts'
