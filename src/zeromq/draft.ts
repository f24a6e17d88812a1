/** "monocoque/zeromq/draft": what `zeromq/draft` exports. */
export { Client, Datagram, Dish, Gather, Radio, Scatter, Server } from "../socket/index.js";
