import { asyncApiOf } from '../../src/contract/documents/asyncapi.ts';
import { domainEventsDocument } from '../../src/contract/documents/domain-events.ts';
import { openApiOf } from '../../src/contract/documents/openapi.ts';
import { domainEvents } from '../../src/contract/domain-events/domain-events.ts';
import { events } from '../../src/contract/events/events.ts';
import { routes } from '../../src/contract/http/routes.ts';
import { socketActions, socketAnswers } from '../../src/contract/socket/actions.ts';
import { referencePage } from './reference-page.ts';
import { stagesPage } from './stages-page.ts';

/** Every generated document, by its path from the root of the repository. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  return {
    'docs/openapi.json': json(openApiOf(routes)),
    'docs/asyncapi.json': json(asyncApiOf(socketActions, socketAnswers, events)),
    'docs/domain-events.json': json(domainEventsDocument(domainEvents)),
    'docs/reference.md': referencePage(),
    'docs/stages.md': stagesPage(),
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
