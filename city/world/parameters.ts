/**
 * Every figure of the world, each with where it comes from. What is published about ride hailing and meal delivery is
 * taken where nothing is published about trucks. `assumed`: nobody has measured it for us; the sweeps show how much
 * hangs on it.
 */
export const parameters = {
  /** Who is on the road on one working day. */
  day: {
    /** Orders and working hours are of a Monday. Assumed. */
    startsAt: '2026-11-02T00:00:00.000+05:30',
    /** Orders come from 06:00 to 20:00: trucks are barred from, or late in, the rest of the day. Assumed. */
    orderHours: { from: 6, until: 20 },
    /**
     * Orders of an hour, as shares of a usual hour, from 06:00 on. Assumed, by the two peaks that the price list knows:
     * 8 to 11, and 17 to 20.
     */
    demandByHour: [0.5, 0.8, 1.3, 1.5, 1.4, 1.1, 1, 0.8, 0.9, 1, 1.1, 1.2, 1, 0.6],
    /** Orders of a day. Assumed: so many that most find a truck at the usual supply, and not all. */
    orders: 440,
  },

  fleets: {
    /** Transporters, at the usual supply. Assumed: a city of this size in the first year. */
    transporters: 200,
    /**
     * How many trucks a transporter has. Published: three of four Indian trucks belong to owners of five or fewer (G.
     * Raghuram, "An Overview of the Trucking Sector in India", IIM Ahmedabad, W.P. 2015-12-02). The split within:
     * assumed.
     */
    sizes: [
      { trucks: 1, weight: 72 },
      { trucks: 2, weight: 14 },
      { trucks: 3, weight: 7 },
      { trucks: 5, weight: 5 },
      { trucks: 9, weight: 2 },
    ],
    /** Kinds of the catalogue, and how often trucks and orders are of them. Assumed. */
    kinds: [
      { key: 'mini_tata_ace', weight: 55 },
      { key: 'lcv_open_14_ft', weight: 30 },
      { key: 'open_17_ft', weight: 15 },
    ],
    /** Of a fleet, how many trucks are of the same kind as its first. Assumed. */
    sameKind: 0.75,
    /** When a transporter goes online, in hours, and for how many hours. Published: Indian truck drivers drive 11.9 h a
     * day on average (survey of Savelife Foundation and Mahindra, 2020). The rest: assumed. */
    startsAtHour: { mean: 6.8, spread: 1.2 },
    hoursOnline: { least: 10, most: 13.8 },
  },

  places: {
    /** One locality in six has markets, warehouses or factories. Assumed. */
    hubs: 1 / 6,
    /** A pickup is so many times likelier at a hub than elsewhere, and a transporter's yard, and a drop. Assumed. */
    weightOfHub: { pickup: 6, home: 4, drop: 2 },
    /** Localities so near to the middle of the city belong to it. Assumed. */
    withinKm: 18,
    /** Metres around the middle of a locality. Assumed: the gazetteer is good to a few kilometres. */
    scatterMetres: 900,
  },

  roads: {
    /**
     * Kilometres per hour in Bengaluru, by the hour from 0:00. Published: 16.6 on average, 14.6 in the morning's rush,
     * 13.2 in the evening's, with 74 % of congestion, so 29 on empty roads (TomTom Traffic Index 2025). The hours
     * between: assumed.
     */
    kmhByHour: [
      29, 29, 29, 29, 28, 27, 24, 20, 16, 14.6, 14.6, 16, 17, 17.5, 18, 17.5, 16, 14.5, 13.2, 13.2,
      15.5, 19, 23, 27,
    ],
    /** Of the road, as a multiple of the straight line: `DETOUR` of src/places, as production estimates it. */
  },

  orders: {
    /** Trucks of an order. Assumed: most customers want one. */
    trucks: [
      { trucks: 1, weight: 68 },
      { trucks: 2, weight: 17 },
      { trucks: 3, weight: 9 },
      { trucks: 5, weight: 6 },
    ],
    /** Of orders of several trucks, how many want two kinds. Assumed. */
    twoKinds: 0.15,
    /** What the customer offers, as a multiple of the quote: most take the quote. Assumed. */
    takesQuote: 0.75,
    otherPrice: { least: 0.85, most: 1.15 },
    /** Minutes of loading and of unloading. Assumed. */
    loading: { median: 30, spread: 0.5 },
    unloading: { median: 25, spread: 0.5 },
  },

  customers: {
    /**
     * Seconds until a customer without any truck cancels. Published: 37 % of Namma Yatri's bookings are cancelled by
     * one side or the other (its open data, as of 2024). That a third of them are lost to waiting within a minute or
     * two: assumed.
     */
    patience: { median: 240, spread: 0.9 },
  },

  captains: {
    /** Seconds from the offer to the look at it: the phone rings. Assumed, within Uber's 15 s for a whole answer. */
    looks: { median: 5, spread: 0.7 },
    /**
     * How careless captains are: some leave the app on and hardly look at it. A factor, other for each captain, by
     * which `overlooks` and `forgets` are multiplied. Assumed.
     */
    carelessness: { median: 1, spread: 0.7 },
    mostCareless: 0.9,
    /**
     * The share of offers that nobody looks at: driving, eating, the phone elsewhere. Assumed: with the carelessness,
     * one in five.
     */
    overlooks: 0.16,
    /**
     * Seconds from the look to the answer. Assumed; Uber gives 15 s for both (help.uber.com, "Getting a trip request").
     */
    decides: { median: 6, spread: 0.5 },
    /**
     * Of those who do not want an offer, how many say so; the others say nothing. Published: Meituan's couriers decline
     * 13 % of what is assigned to them (its data for the INFORMS TSL challenge of 2024). Here silence is free, so most:
     * assumed.
     */
    saysNo: 0.4,
    /**
     * The probability of wanting an offer that was looked at, in shares of 1. Calibrated between two published ends:
     * Meituan's couriers accept 87 %, who are assigned; of Namma Yatri's searches 58.8 % get an offer, from up to three
     * batches of five drivers (its open data; `driverBatchSize` and `maxNumberOfBatches` in its repository), which is 6
     * % each if all are asked.
     */
    wants: {
      base: 0.36,
      /** Between captains. Assumed. */
      spread: 0.12,
      /**
       * Per kilometre to the pickup beyond the first two. Drivers accept less, the longer the pickup takes (Ashkrof et
       * al., "Ride acceptance behaviour of ride-sourcing drivers", 2022). The slope: assumed.
       */
      perKm: -0.018,
      freeKm: 2,
      /**
       * For a price of 10 % above the quote. That extra pay counts for more than the fare: ibid. The slope: assumed.
       */
      perTenthOfPrice: 0.06,
      /** For each hour without work, up to two. Assumed. */
      perIdleHour: 0.05,
      mostIdleHours: 2,
      /** From 13:00 to 14:00, and from 19:00 on. Assumed. */
      atLunch: -0.08,
      inTheEvening: -0.06,
      /**
       * For each other offer in hand. Published in its direction: the more searches run at once, the fewer of Namma
       * Yatri's drivers answer each (its open data, 2024 and 2025). The slope: assumed.
       */
      perOfferInHand: -0.03,
      /** If the drop is nearer home than the truck is now, per kilometre, up to ten. Assumed. */
      perKmHomeward: 0.006,
      mostKmHomeward: 10,
      /** Whatever counts against it, and for it. Assumed. */
      least: 0.01,
      most: 0.95,
    },
    /** Of those who hold trucks: how many forget, so that the hold lapses, and how many give them back. Assumed. */
    forgets: 0.022,
    givesBack: 0.03,
    /**
     * Seconds from the hold to the choice of vehicles and drivers: an owner who drives, and one with a fleet. Assumed.
     */
    confirms: { alone: { median: 7, spread: 0.5 }, fleet: { median: 18, spread: 0.6 } },
    /** How many try another driver after a no, within the 60 s of the new hold, and after how many seconds. Assumed. */
    triesAnother: 0.8,
    another: { median: 15, spread: 0.5 },
    /** Losses of the network in an hour online, and seconds of each. Assumed. */
    outagesPerHour: 0.6,
    outage: { median: 90, spread: 1 },
    /**
     * Seconds for which a silent captain is found: the index forgets after 60 to 90 (docs/decisions/0016-geo-index.md).
     */
    foundWhenSilent: 75,
  },

  drivers: {
    /** Seconds until a driver answers, and how many decline or say nothing. Assumed. */
    answers: { alone: { median: 4, spread: 0.5 }, hired: { median: 12, spread: 0.7 } },
    declines: { alone: 0.01, hired: 0.06 },
    saysNothing: { alone: 0.01, hired: 0.04 },
    /**
     * How many give up on the way to the pickup, and per kilometre beyond the first two. Assumed, below Namma Yatri's
     * 37 % of bookings that either side cancels: a truck costs more than a rickshaw to send.
     */
    givesUp: { base: 0.02, perKm: 0.006 },
  },
} as const;

/** Cities of the gazetteer, and how fast their traffic is against Bengaluru's. The factors: assumed. */
export const cities = {
  bengaluru: { name: 'Bengaluru', pace: 1 },
  nagpur: { name: 'Nagpur', pace: 1.3 },
  noida: { name: 'Noida', pace: 1.25 },
} as const;

export type CityName = keyof typeof cities;
