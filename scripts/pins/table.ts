/**
 * The actions that workflows may use, each at the one commit that was looked at. An update changes this
 * table and the workflows in one commit, so that whoever reviews it sees both.
 */
export interface Pin {
  readonly version: string
  readonly commit: string
}

export const pins: Readonly<Record<string, Pin>> = {
  'actions/checkout': { version: 'v7.0.1', commit: '3d3c42e5aac5ba805825da76410c181273ba90b1' },
  'actions/setup-node': { version: 'v7.0.0', commit: '820762786026740c76f36085b0efc47a31fe5020' },
  'actions/upload-artifact': { version: 'v7.0.0', commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f' },
  'actions/download-artifact': { version: 'v8.0.1', commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' },
  'actions/attest': { version: 'v4.2.2', commit: '1e69f48acb82d1966a394da916b4c1698aa569d6' },
  'actions/attest-build-provenance': { version: 'v4.1.0', commit: 'a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32' },
  'actions/attest-sbom': { version: 'v4.1.0', commit: 'c604332985a26aa8cf1bdc465b92731239ec6b9e' },
  'step-security/harden-runner': { version: 'v2.20.1', commit: 'b09bb98e06d4d774595224525879c09bc6e98c40' },
  'ossf/scorecard-action': { version: 'v2.4.4', commit: '2d1146689b8cda280b9bc96326124645441f03bc' },
  'sigstore/cosign-installer': { version: 'v4.1.2', commit: '6f9f17788090df1f26f669e9d70d6ae9567deba6' },
  'github/codeql-action': { version: 'v4.36.2', commit: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e' },
  'zizmorcore/zizmor-action': { version: 'v0.1.1', commit: 'f52a838cfabf134edcbaa7c8b3677dde20045018' },
  'softprops/action-gh-release': { version: 'v3.0.0', commit: 'b4309332981a82ec1c5618f44dd2e27cc8bfbfda' },
}
