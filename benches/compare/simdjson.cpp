// What simdjson's on-demand parser needs to read of a HAR what CORS is decided by: method, URL, status, all fields.
// Prints URL and status of each entry. Build: c++ -O3 -o simdjson-har simdjson.cpp -lsimdjson
#include <cstdio>
#include <simdjson.h>

using namespace simdjson;

static size_t fields(ondemand::object message) {
    size_t bytes = 0;
    for (ondemand::object field : message["headers"].get_array()) {
        for (auto member : field) {
            std::string_view text;
            if (member.value().get_string().get(text) == SUCCESS) bytes += text.size();
        }
    }
    return bytes;
}

int main(int count, char **words) {
    if (count != 2) return 2;
    padded_string text = padded_string::load(words[1]);
    ondemand::parser parser;
    ondemand::document document = parser.iterate(text);
    size_t bytes = 0;
    for (ondemand::object entry : document["log"]["entries"].get_array()) {
        ondemand::object request = entry["request"];
        std::string_view method = request["method"];
        std::string_view address = request["url"];
        std::string url(address);
        bytes += method.size() + fields(request);
        ondemand::object response = entry["response"];
        uint64_t status = response["status"];
        bytes += fields(response);
        std::printf("%s\t%llu\n", url.c_str(), (unsigned long long)status);
    }
    return bytes == 0;
}
