// What `require("zeromq")` gives: an object of its own, since the names of a module cannot be replaced, as tests do.
module.exports = Object.defineProperty({ ...require("monocoque/zeromq") }, "__esModule", { value: true });
