import * as z from 'zod';

/** What the local cloud tells an environment when it starts it. */
export const Setup = z.object({
  type: z.literal('setup'),
  taskRoot: z.string(),
  handler: z.string(),
  functionName: z.string(),
  network: z.object({
    /** Where calls to hosts of AWS are taken instead. */
    endpointPort: z.number(),
    insideVpc: z.boolean(),
    /** Whether a way leads from the VPC to the internet. */
    hasWayOut: z.boolean(),
    /** Ports of stores that stand in the VPC. */
    vpcPorts: z.array(z.number()),
  }),
});

/** One event. */
export const Invocation = z.object({
  type: z.literal('invoke'),
  requestId: z.string(),
  /** As JSON. */
  event: z.string(),
  /** Milliseconds since 1970. */
  deadline: z.number(),
  arn: z.string(),
});

/** Asks what it keeps. */
export const Collection = z.object({ type: z.literal('collect') });

export const FunctionError = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});

/** What an environment tells back. */
export const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('init-error'), error: FunctionError }),
  z.object({ type: z.literal('result'), requestId: z.string(), payload: z.string() }),
  z.object({ type: z.literal('error'), requestId: z.string(), error: FunctionError }),
  /** In bytes, with all garbage collected. */
  z.object({ type: z.literal('kept'), bytes: z.number() }),
  /** Nothing caught it: the environment ends with it. */
  z.object({ type: z.literal('fatal'), error: FunctionError }),
]);

export type Setup = z.output<typeof Setup>;
export type Invocation = z.output<typeof Invocation>;
export type Collection = z.output<typeof Collection>;
export type FunctionError = z.output<typeof FunctionError>;
export type Report = z.output<typeof Report>;
