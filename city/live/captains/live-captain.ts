import { setTimeout as sleep } from 'node:timers/promises';
import { isAlone } from '../../world/captain.ts';
import type { Position } from '../../../src/places/position.ts';
import { Line, lineLost, type Heard } from '../api/line.ts';
import type { CaptainView } from '../view.ts';
import type { CaptainProps } from './captain-props.ts';
import { Crew } from './crew.ts';
import { Desk } from './desk.ts';
import { networkOf, outageMs, untilOutageMs } from './network.ts';
import { Offer, OrderNews } from './offer.ts';
import { goOnline } from './wake.ts';

/** A moving captain says where it is as often as the app does; a standing one as seldom as presence allows with a margin. */
const movingBeatMs = 5000;
const standingBeatMs = 20_000;

/** A captain at the app: it is seen, hears of orders, and answers. */
export class LiveCaptain {
  readonly #props: CaptainProps;
  readonly #line: Line;
  readonly #crew: Crew;
  readonly #desk: Desk;
  #network = true;

  constructor(props: CaptainProps) {
    this.#props = props;
    this.#crew = new Crew(props);
    this.#desk = new Desk(props, this.#crew);
    const { origin, account } = props;
    this.#line = new Line({ origin, account, onHeard: (heard) => this.#hear(heard) });
  }

  async start(): Promise<void> {
    await goOnline(this.#props.account);
    await this.#beat();
    this.#line.open();
    this.#crew.goOn();
    void this.#live();
  }

  stop(): void {
    this.#line.close();
  }

  view(): CaptainView {
    const { captain, name, trucks } = this.#props;
    return {
      id: captain.index,
      name,
      trucks: trucks.length,
      state: this.#network ? 'waiting' : 'silent',
      ...this.#place(),
    };
  }

  /** An owner who drives is where the truck is, the owner of a fleet is at home. */
  #place(): Position {
    const { captain, trucks } = this.#props;
    const [first] = trucks;
    return isAlone(captain) && first ? first.place() : captain.home;
  }

  async #live(): Promise<never> {
    for (;;) {
      const moves =
        isAlone(this.#props.captain) && this.#props.trucks.some((each) => each.isMoving());
      const pause = (moves ? movingBeatMs : standingBeatMs) * (0.9 + Math.random() * 0.1);
      await sleep(Math.min(pause, untilOutageMs(this.#props.captain, Date.now())));
      await this.#loseNetwork();
      await this.#beat().catch((error: unknown) => this.#props.scene.problem(error));
    }
  }

  /** As the world has planned it for this time of day. */
  async #loseNetwork(): Promise<void> {
    const { captain } = this.#props;
    if (outageMs(captain, Date.now()) <= 0) return;
    this.#network = false;
    this.#line.cut();
    await networkOf(captain);
    this.#network = true;
    this.#line.open();
  }

  async #beat(): Promise<void> {
    const body = { ...this.#place(), isOnTrip: false };
    await this.#props.account.tell({ method: 'POST', path: '/api/v1/transporter/heartbeat', body });
  }

  #hear(heard: Heard): void {
    this.#props.onHeard(heard);
    if (heard.event === 'new_broadcast') {
      this.#desk.offered(Offer.parse(heard.data));
      return;
    }
    if (heard.event === lineLost) this.#desk.lineLost();
    if (heard.event === 'resumed') this.#desk.resumed();
    const news = OrderNews.safeParse(heard.data);
    if (!news.success) return;
    const { orderId, tripId } = news.data;
    switch (heard.event) {
      case 'order_cancelled':
        this.#props.scene.cancelled(orderId);
        this.#desk.gone(orderId);
        break;
      case 'broadcast_dismissed':
        this.#desk.dismissed(orderId);
        break;
      case 'order_expired':
      case 'booking_fully_filled':
        this.#desk.gone(orderId);
        break;
      case 'driver_declined':
      case 'driver_timeout':
        this.#crew.lost(news.data);
        break;
      case 'trip_cancelled':
        this.#crew.cancelled(tripId ?? undefined);
        break;
      default:
    }
  }
}
