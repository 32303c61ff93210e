import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';

export type Handler = (event: unknown, context: Context) => unknown;

/** Finds what a handler string such as `functions/orders.handler` names, as Lambda does. */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const slash = handler.lastIndexOf('/') + 1;
  const dot = handler.indexOf('.', slash);
  if (dot === -1) throw named('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  const loaded = await loadModule(join(taskRoot, handler.slice(0, dot)));
  const names = handler.slice(dot + 1).split('.');
  const found = names.reduce<unknown>((from, name) => memberOf(from, name), loaded);
  if (!isHandler(found)) {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (found.length > 2) {
    const message = 'AWS Lambda has removed support for callback-based function handlers.';
    throw named('Runtime.CallbackHandlerDeprecated', message);
  }
  return found;
}

async function loadModule(path: string): Promise<unknown> {
  const file = ['.js', '.mjs', '.cjs'].map((each) => path + each).find(existsSync);
  if (file === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${path}'`);
  }
  try {
    return await load(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof SyntaxError)
      throw named('Runtime.UserCodeSyntaxError', String(error), error);
    if (isMissingModule(error)) throw named('Runtime.ImportModuleError', String(error), error);
    throw error;
  }
}

/** `require` looks into layers, which `import` does not; what only `import` can load goes there. */
async function load(file: string): Promise<unknown> {
  const require = createRequire(file);
  try {
    if (!file.endsWith('.mjs')) return require(file);
  } catch (error) {
    if (codeOf(error) !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
  }
  const url = pathToFileURL(file).href;
  return import(url);
}

function isMissingModule(error: Error): boolean {
  const code = codeOf(error);
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function memberOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function named(name: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { name, stack: cause?.stack ?? message });
}
