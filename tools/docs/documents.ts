import { asyncApiOf } from '../../src/contract/asyncapi.ts';
import { openApiOf } from '../../src/contract/openapi.ts';
import { routes } from '../../src/contract/routes.ts';
import { socketActions, socketEvents } from '../../src/contract/socket.ts';
import { referencePage } from './reference-page.ts';

/** Every generated document, by its path from the root of the repository. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  return {
    'docs/openapi.json': json(openApiOf(routes)),
    'docs/asyncapi.json': json(asyncApiOf(socketActions, socketEvents)),
    'docs/reference.md': referencePage(),
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
