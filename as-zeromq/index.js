// What `zeromq` gives. Each name is written out, since Node finds them so for `import { Pull } from "zeromq"`.
const all = require("monocoque/zeromq");

Object.defineProperty(exports, "__esModule", { value: true });
exports.Context = all.Context;
exports.Dealer = all.Dealer;
exports.Observer = all.Observer;
exports.Pair = all.Pair;
exports.Proxy = all.Proxy;
exports.Publisher = all.Publisher;
exports.Pull = all.Pull;
exports.Push = all.Push;
exports.Reply = all.Reply;
exports.Request = all.Request;
exports.Router = all.Router;
exports.Socket = all.Socket;
exports.Stream = all.Stream;
exports.Subscriber = all.Subscriber;
exports.XPublisher = all.XPublisher;
exports.XSubscriber = all.XSubscriber;
exports.capability = all.capability;
exports.context = all.context;
exports.curveKeyPair = all.curveKeyPair;
exports.version = all.version;
