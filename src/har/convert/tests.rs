use super::*;

#[test]
fn an_entry_becomes_an_exchange() {
    let entry = br#"{"startedDateTime":"2026-11-20T10:57:25.057Z","time":12.5,
        "request":{"method":"GET","url":"http://a.test/x#frag","httpVersion":"HTTP/1.1",
            "headers":[{"name":"Host","value":"a.test"},{"name":"Origin","value":"http://b.test"}]},
        "response":{"status":200,"httpVersion":"HTTP/1.1","headers":[{"value":"x\ny","name":"Vary"}],
            "content":{"size":3,"text":"abc"}}}"#;
    let converter = Converter::new(SourceId(3), Interest::Cors, &Limits::default());
    let outcome = converter.convert([(7, &entry[..])]);
    let exchange = &outcome.exchanges[0];
    assert_eq!(exchange.locator, Locator::Har { entry: 7 });
    assert_eq!(exchange.url(), "http://a.test/x");
    assert_eq!(exchange.status(), Some(200));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(response.fields.all("vary").collect::<Vec<_>>(), ["x", "y"]);
}
