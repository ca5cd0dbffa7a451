"""The articles as other programs read them."""


def test_articles(world, client):
    listed = client.get("/api/v1/articles").json()["results"]
    assert len(listed) == 10
    assert listed[0]["slug"] == "ketamine-for-depression"
    answer = client.get(f"/api/v1/articles/{listed[0]['slug']}").json()
    assert {key: answer[key] for key in listed[0]} == listed[0]
    assert "</p>" in answer["html"]
    assert [source["number"] for source in answer["sources"]] == list(range(1, len(answer["sources"]) + 1))
    assert client.get("/api/v1/articles/about").status_code == 404
    assert client.get("/api/v1/articles?page=2").status_code == 422
