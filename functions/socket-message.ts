import { readEnvironment } from '../src/contract/functions.ts';
import { socketActions } from '../src/contract/socket/actions.ts';
import { messageFunction } from './edge/socket/message-function.ts';
import { hearingFrom } from './wiring/hearing.ts';

const { implementations, guards } = hearingFrom(readEnvironment('socket-message', process.env));

export const handler = messageFunction(socketActions, implementations, guards);
