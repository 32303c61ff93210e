import middy from '@middy/core';
import * as z from 'zod';
import { observe } from './observe.ts';

/** What an operator may have done, and what comes of it. */
export interface Command<S extends z.ZodObject = z.ZodObject> {
  readonly summary: string;
  readonly input: S;
  run(input: z.output<S>): Promise<unknown>;
}

const Invocation = z.object({ command: z.string(), input: z.record(z.string(), z.unknown()) });

/** The handler of operators' commands: `{ "command": "…", "input": { … } }`. */
export function commandFunction(commands: Readonly<Record<string, Command>>) {
  return middy<unknown, unknown>()
    .use(observe())
    .handler(async (event) => {
      const { command: name, input } = Invocation.parse(event);
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (!command) {
        const known = Object.keys(commands).join(', ') || 'none yet';
        throw new Error(`There is no command "${name}". Known commands: ${known}.`);
      }
      return command.run(command.input.parse(input));
    });
}
