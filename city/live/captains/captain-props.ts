import type { Captain } from '../../world/fleets.ts';
import type { Draws } from '../../world/draws.ts';
import type { Account } from '../api/account.ts';
import type { Heard } from '../api/line.ts';
import type { Scene } from '../scene.ts';
import type { Truck } from './truck.ts';

/** A captain of the world who has woken: all that its app works with. */
export interface CaptainProps {
  readonly origin: string;
  readonly captain: Captain;
  readonly account: Account;
  readonly name: string;
  readonly trucks: readonly Truck[];
  readonly scene: Scene;
  readonly behaviour: Draws;
  readonly onHeard: (heard: Heard) => void;
}
