import { asyncApiOf } from '../../src/contract/documents/asyncapi.ts';
import { openApiOf } from '../../src/contract/documents/openapi.ts';
import { events } from '../../src/contract/events/events.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { socketActions, socketAnswers } from '../../src/contract/socket/actions.ts';
import { referencePage } from './reference-page.ts';

/** Every generated document, by its path from the root of the repository. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  return {
    'docs/openapi.json': json(openApiOf(routes)),
    'docs/asyncapi.json': json(asyncApiOf(socketActions, socketAnswers, events)),
    'docs/reference.md': referencePage(),
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
