// What `zeromq/draft` gives.
const all = require("monocoque/zeromq/draft");

Object.defineProperty(exports, "__esModule", { value: true });
exports.Client = all.Client;
exports.Datagram = all.Datagram;
exports.Dish = all.Dish;
exports.Gather = all.Gather;
exports.Radio = all.Radio;
exports.Scatter = all.Scatter;
exports.Server = all.Server;
