/** `npm run test:soak` runs whole what takes long; `npm test` runs a share of it, each of whose cases is one of the whole. */
export const soaking = process.env.SOAK === "1";
