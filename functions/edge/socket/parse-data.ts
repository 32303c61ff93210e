import { AppError } from '../../../src/contract/errors.ts';
import { mostDetails } from '../invalid.ts';
import { unkeepableIn } from '../unkeepable.ts';
import { actionOf, type SocketMiddleware } from './call.ts';
import { parsed } from './parsed.ts';

export function parseData(): SocketMiddleware {
  return {
    before: ({ context: { call } }) => {
      const { data } = actionOf(call);
      const sent = call.sent ?? {};
      const details = unkeepableIn(sent).slice(0, mostDetails);
      if (details.length > 0) throw new AppError('VALIDATION_ERROR', { details });
      call.data = data ? parsed(data, sent) : {};
    },
  };
}
