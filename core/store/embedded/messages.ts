/** What the parent says to the engine's process. */
export type ToChild =
  | { readonly type: 'start'; readonly path: string; readonly secret: string; readonly memoryMb: number }
  | { readonly type: 'stop' };

/** What the engine's process says to its parent, once. */
export type FromChild =
  | { readonly type: 'ready'; readonly port: number; readonly spool: string }
  | { readonly type: 'failed'; readonly message: string };
