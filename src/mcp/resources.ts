/** What a client may show a person to pick from: addresses of threads and records, and their text. */
export interface Resources {
  readonly templates: readonly ResourceTemplate[]
  list(cursor: string | undefined, signal: AbortSignal): Promise<ResourcePage>
  /** Throws `RpcFault` with `RPC.not_found` for an address that leads nowhere. */
  read(uri: string, signal: AbortSignal): Promise<{ readonly contents: readonly ResourceContent[] }>
}

export interface ResourceTemplate {
  readonly uriTemplate: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly mimeType: string
}

export interface ResourcePage {
  readonly resources: readonly {
    readonly uri: string
    readonly name: string
    readonly title: string
    readonly mimeType: string
  }[]
  readonly nextCursor?: string
}

export interface ResourceContent {
  readonly uri: string
  readonly mimeType: string
  readonly text: string
}
