/** How everything in the local cloud calls a function, and what Lambda would say of the outcome. */
export type Invoke = (functionName: string, event: unknown) => Promise<InvokeResult>;

export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      /** `error`: the handler threw; the rest ended its environment, or never had one. */
      readonly reason: 'error' | 'crash' | 'timeout' | 'out-of-memory' | 'throttled';
      readonly errorType: string;
      readonly errorMessage: string;
    };
