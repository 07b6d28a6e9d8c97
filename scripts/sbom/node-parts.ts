/**
 * What is inside Node, by its key in `process.versions`. A key that is missing here fails the SBOM: a
 * Node that gained a part must be looked at before it ships.
 */
export interface NodePart {
  readonly name: string
  readonly kind: 'library' | 'data'
  /** An SPDX identifier, or words where SPDX has none. */
  readonly license: { readonly id: string } | { readonly name: string }
  /** Where the part is published under this very version; otherwise it is a generic one. */
  readonly npm?: true
  /** Vendor and product of the CPE that advisories name it by. */
  readonly cpe?: readonly [vendor: string, product: string]
}

const mit = { id: 'MIT' }

export const nodeParts: Readonly<Record<string, NodePart>> = {
  acorn: { name: 'acorn', kind: 'library', license: mit, npm: true },
  ada: { name: 'ada', kind: 'library', license: mit },
  amaro: { name: 'amaro', kind: 'library', license: mit, npm: true },
  ares: { name: 'c-ares', kind: 'library', license: mit, cpe: ['c-ares', 'c-ares'] },
  brotli: { name: 'brotli', kind: 'library', license: mit, cpe: ['google', 'brotli'] },
  cldr: { name: 'cldr', kind: 'data', license: { id: 'Unicode-3.0' } },
  icu: {
    name: 'icu',
    kind: 'library',
    license: { id: 'Unicode-3.0' },
    cpe: ['unicode', 'international_components_for_unicode'],
  },
  libffi: { name: 'libffi', kind: 'library', license: mit },
  lief: { name: 'lief', kind: 'library', license: { id: 'Apache-2.0' } },
  llhttp: { name: 'llhttp', kind: 'library', license: mit, cpe: ['llhttp', 'llhttp'] },
  merve: { name: 'merve', kind: 'library', license: mit },
  nbytes: { name: 'nbytes', kind: 'library', license: mit },
  ncrypto: { name: 'ncrypto', kind: 'library', license: mit },
  nghttp2: { name: 'nghttp2', kind: 'library', license: mit, cpe: ['nghttp2', 'nghttp2'] },
  nghttp3: { name: 'nghttp3', kind: 'library', license: mit },
  ngtcp2: { name: 'ngtcp2', kind: 'library', license: mit },
  openssl: { name: 'openssl', kind: 'library', license: { id: 'Apache-2.0' }, cpe: ['openssl', 'openssl'] },
  simdjson: { name: 'simdjson', kind: 'library', license: { id: 'Apache-2.0' } },
  simdutf: { name: 'simdutf', kind: 'library', license: mit },
  sqlite: { name: 'sqlite', kind: 'library', license: { id: 'blessing' }, cpe: ['sqlite', 'sqlite'] },
  tz: { name: 'tzdata', kind: 'data', license: { name: 'Public Domain' } },
  undici: { name: 'undici', kind: 'library', license: mit, npm: true, cpe: ['nodejs', 'undici'] },
  unicode: { name: 'unicode-character-database', kind: 'data', license: { id: 'Unicode-3.0' } },
  uv: { name: 'libuv', kind: 'library', license: mit, cpe: ['libuv', 'libuv'] },
  uvwasi: { name: 'uvwasi', kind: 'library', license: mit },
  v8: { name: 'v8', kind: 'library', license: { id: 'BSD-3-Clause' } },
  zlib: { name: 'zlib', kind: 'library', license: { id: 'Zlib' }, cpe: ['zlib', 'zlib'] },
  zstd: { name: 'zstd', kind: 'library', license: { id: 'BSD-3-Clause' }, cpe: ['facebook', 'zstandard'] },
}

/** Keys of `process.versions` that number an interface, not a part. */
export const notParts: ReadonlySet<string> = new Set(['node', 'modules', 'napi'])
