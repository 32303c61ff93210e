/** How everything in the local cloud calls a function, and what Lambda would say of the outcome. */
export type Invoke = (functionName: string, event: unknown) => Promise<InvokeResult>;

/** How a service of AWS calls one, which must say for which of its resources it does. */
export type InvokeAsService = (
  functionName: string,
  event: unknown,
  sourceArn: string,
) => Promise<InvokeResult>;

export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      /**
       * `error`: the handler threw; `forbidden`: the function's policy does not let the caller invoke
       * it; the rest ended its environment, or never had one.
       */
      readonly reason: 'error' | 'crash' | 'timeout' | 'out-of-memory' | 'throttled' | 'forbidden';
      readonly errorType: string;
      readonly errorMessage: string;
    };
