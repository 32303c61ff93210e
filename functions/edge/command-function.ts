import middy from '@middy/core';
import * as z from 'zod';
import { observe } from './observe.ts';

/** A command that an operator may run, and its result. */
export interface Command<S extends z.ZodObject = z.ZodObject> {
  readonly summary: string;
  readonly input: S;
  run(input: z.output<S>): Promise<unknown>;
}

/** A command, with `run` typed by its input. */
export function command<S extends z.ZodObject>(declared: Command<S>): Command<S> {
  return declared;
}

const Invocation = z.object({
  command: z.string(),
  input: z.record(z.string(), z.unknown()).default({}),
});

/**
 * The handler of operators' commands: `{ "command": "…", "input": { … } }`. The command `help` says which there are
 * and what each wants.
 */
export function commandFunction(commands: Readonly<Record<string, Command>>) {
  return middy<unknown, unknown>()
    .use(observe())
    .handler(async (event) => {
      const { command: name, input } = understood(Invocation, event, 'This event');
      if (name === 'help') return describe(commands);
      const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (!found) {
        const known = Object.keys(commands).join(', ');
        throw new Error(
          `There is no command "${name}". Known commands: ${known}. The command "help" says more.`,
        );
      }
      return found.run(understood(found.input, input, `The input of "${name}"`));
    });
}

/** The parsed value, or an error that an operator can read. */
function understood<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new Error(`${what} is wrong: ${z.prettifyError(error)}\nThe command "help" says more.`);
}

function describe(commands: Readonly<Record<string, Command>>) {
  return Object.fromEntries(
    Object.entries(commands).map(([name, { summary, input }]) => {
      const { properties, required } = z.toJSONSchema(input, { io: 'input' });
      return [name, { summary, input: properties, required }];
    }),
  );
}
