// What `zeromq/v5-compat` gives, its constants among it.
const all = require("monocoque/zeromq/v5-compat");

Object.defineProperty(exports, "__esModule", { value: true });
Object.assign(exports, all);
exports.Context = all.Context;
exports.Socket = all.Socket;
exports.createSocket = all.createSocket;
exports.curveKeypair = all.curveKeypair;
exports.options = all.options;
exports.proxy = all.proxy;
exports.socket = all.socket;
exports.version = all.version;
