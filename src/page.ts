/** Monocoque in a page: everything of "monocoque", and a connect that may have its work done in a worker. */
export { connect } from "./connection/page/connect.js";
export type { PageConnectOptions, PageWorker } from "./connection/page/options.js";
export * from "./index.js";
