import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { ThreadAnswer, ThreadQuestion } from './thread-questions.ts';

/** Has dynalite's server answer a question: it gets as much of a request and a response as it uses. */
export function answerQuestion(
  server: Server,
  { id, path, method, headers, body }: ThreadQuestion,
  tell: (answer: ThreadAnswer) => void,
): void {
  const request = Object.assign(new EventEmitter(), { method, url: path, headers });
  const sent: Record<string, string> = {};
  const response = {
    statusCode: 200,
    setHeader: (name: string, value: string | number) => {
      sent[name.toLowerCase()] = String(value);
    },
    end: (text = '') => tell({ id, status: response.statusCode, headers: sent, body: text }),
  };
  server.emit('request', request, response);
  if (body !== '') request.emit('data', Buffer.from(body));
  request.emit('end');
}
