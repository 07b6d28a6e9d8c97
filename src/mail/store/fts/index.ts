/**
 * FTS5's own form of an index, written without FTS5: a worker makes the segment of a batch, and whoever has the store
 * copies its pages. `SegmentBuilder` and `appendSegment` are the face; docs/store.md says why.
 */
export { type Appended, appendSegment, readAnew } from './append.ts'
export { type Column, type Segment, SegmentBuilder, segmentBuffers } from './segment.ts'
